/**
 * Words as they stand on a shell's command line while somebody is still typing: quotes are read and written, nothing is
 * ever expanded.
 */

/** The quote that a word is still inside of at its end. */
export type OpenQuote = '' | "'" | '"';

export interface ShellWord {
  /** Without its quotes and backslashes. `$name`, `$(command)` and `*` stay the text that they are. */
  readonly text: string;
  readonly quote: OpenQuote;
}

/** Within double quotes a backslash is one, unless one of these follows it. */
const escapedInDouble = /[$`"\\]/;

/** Reads a word by the quoting rules that POSIX shells share. */
export function readShellWord(raw: string): ShellWord {
  let text = '';
  let quote: OpenQuote = '';
  for (let i = 0; i < raw.length; i++) {
    const character = raw.charAt(i);
    const next = raw.charAt(i + 1);
    if (quote !== '' && character === quote) quote = '';
    else if (quote === '' && (character === "'" || character === '"')) quote = character;
    else if (character === '\\' && (quote === '' || (quote === '"' && escapedInDouble.test(next)))) {
      text += next;
      i++;
    } else text += character;
  }
  return { text, quote };
}

/** Characters that may mean something to bash. */
const notPlain = /[^A-Za-z0-9_@%+=:,./\u0080-\uffff-]/g;

/**
 * The text as bash has to find it to take it as it is. Bash closes an open quote itself, unless the text already ends
 * with one: then the closing quote is part of what is returned.
 * @param quote where it stands
 */
export function quotedForBash(text: string, quote: OpenQuote): string {
  switch (quote) {
    case '':
      return text.replace(notPlain, '\\$&');
    case "'":
      return closed(text.replaceAll("'", `'\\''`), quote);
    case '"':
      // History expansion knows no backslash within double quotes, so a `!` leaves them.
      return closed(text.replace(/[$`"\\]/g, '\\$&').replaceAll('!', `"'!'"`), quote);
  }
}

function closed(quoted: string, quote: OpenQuote): string {
  return quoted.endsWith(quote) ? quoted + quote : quoted;
}
