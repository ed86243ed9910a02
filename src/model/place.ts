/** Where something is written, for people and for editors: 1-based line and column. */
export interface Place {
  /** Relative to the folder of the configuration where the file is below it, else absolute. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters to underline, at least 1; absent: unknown. */
  readonly length?: number;
  /** The lines around it as they were when they were read: a log is looked at long after its file has changed. */
  readonly frame?: { readonly from: number; readonly lines: readonly string[] };
}
