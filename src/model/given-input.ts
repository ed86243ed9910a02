/** A value that was given for an input of a pipeline. */
export interface GivenInput {
  readonly name: string;
  readonly value: string;
  /** Every user of the machine can read an argument. */
  readonly from: 'argument' | 'file' | 'environment' | 'prompt';
  /** The environment variable that held it. */
  readonly variable?: string;
}
