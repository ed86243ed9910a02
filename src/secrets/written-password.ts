/** An input of type `password`, as far as it is readable in a file with mistakes. */
export interface WrittenPassword {
  readonly name: string;
  /** Its default, if the file gives one. */
  readonly value?: string;
  /** The default as it is written, with quotes, escapes and line ends. A code frame would show it. */
  readonly written?: string;
}
