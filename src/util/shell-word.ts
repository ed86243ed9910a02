/** Returns any text quoted as one word of a POSIX shell, for scripts. Use `quoteForShell` for display. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
