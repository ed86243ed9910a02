/** A position in a file, for people and editors. Line and column start at 1. */
export interface Place {
  /** Relative to the configuration's folder if inside it, otherwise absolute. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters to underline, at least 1. Absent if unknown. */
  readonly length?: number;
  /** The lines around it as read. A log outlives changes to the file. */
  readonly frame?: { readonly from: number; readonly lines: readonly string[] };
}
