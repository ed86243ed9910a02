/** An input of type `password`, as far as it can be made out in a file that may have any mistake. */
export interface WrittenPassword {
  readonly name: string;
  /** Its default, if the file gives one. */
  readonly value?: string;
  /** The default as it is written, with quotes, escapes and line ends: what a code frame would show. */
  readonly written?: string;
}
