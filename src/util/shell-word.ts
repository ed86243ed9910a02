/**
 * Returns a text as one word of a shell, whatever is in it.
 *
 * Characters that do not print are octal escapes in `$'…'` (bash, zsh, POSIX 2024), so that a printed command moves no
 * cursor and reorders no text.
 */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (text.search(unprintable) < 0) return `'${text.replaceAll("'", `'\\''`)}'`;
  return `$'${text.replaceAll(/[\\']/g, '\\$&').replaceAll(unprintable, octal)}'`;
}

const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function octal(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
