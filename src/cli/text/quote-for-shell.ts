import { shellWord } from '../../util/shell-word.ts';

/**
 * Returns a text as one word of a printed command, to be pasted into a shell.
 * Non-printing characters become octal escapes in `$'…'` (bash, zsh, POSIX 2024; not dash). So a printed command moves
 * no cursor and reorders no text.
 */
export function quoteForShell(text: string): string {
  if (text.search(unprintable) < 0) return shellWord(text);
  return `$'${text.replaceAll(/[\\']/g, '\\$&').replaceAll(unprintable, octal)}'`;
}

const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function octal(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
