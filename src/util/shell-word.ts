/**
 * Returns a text as one word of a POSIX shell, whatever is in it. For scripts; what people are shown is a `quoteForShell`.
 */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
