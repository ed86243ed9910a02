/** Why a registry did not do what it was asked for. */
export interface RegistryFailure {
  readonly code: RegistryFailureCode;
  /** One sentence without a full stop. It has no secrets, also if the registry repeats them. */
  readonly message: string;
}

/**
 * `unreachable`: no connection, or no response. `untrusted`: its certificate. `unauthorized`: no credentials, or
 * rejected ones. `forbidden`: the credentials do not allow this. `no-platform`: the image is not made for the
 * platform. `wrong-digest`: the content is not what its digest says. `refused`: any other status.
 * `invalid-reference`: not the name of an image. `invalid-response`: not what a registry says.
 */
export type RegistryFailureCode =
  | 'unreachable'
  | 'untrusted'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'rate-limited'
  | 'too-large'
  | 'wrong-digest'
  | 'no-platform'
  | 'refused'
  | 'invalid-reference'
  | 'invalid-response';

/** A failure on its way to the border of this folder, where it becomes a value. It is not a bug. */
export class RegistryError extends Error implements RegistryFailure {
  override readonly name = 'RegistryError';
  /** Whether the same request may succeed a moment later. */
  readonly passes: boolean;
  /** How long the registry asks to wait, in milliseconds. */
  readonly afterMs: number | undefined;

  constructor(
    readonly code: RegistryFailureCode,
    message: string,
    { passes = false, afterMs, cause }: { passes?: boolean; afterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.passes = passes;
    this.afterMs = afterMs;
  }
}
