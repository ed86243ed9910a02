/** Words of a shell command line that is being typed. Reads and writes quotes, and never expands anything. */

/** The quote that is still open at the end of a word. */
export type OpenQuote = '' | "'" | '"';

export interface ShellWord {
  /** The word without quotes and backslashes. `$name`, `$(command)` and `*` stay literal. */
  readonly text: string;
  readonly quote: OpenQuote;
}

/** In double quotes, a backslash escapes only these characters. */
const escapedInDouble = /[$`"\\]/;

/** Reads a word by the quoting rules that all POSIX shells share. */
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

/** Characters that may be special in bash. */
const notPlain = /[^A-Za-z0-9_@%+=:,./\u0080-\uffff-]/g;

/**
 * Returns the text quoted so that bash takes it literally. bash closes an open quote itself unless the text already
 * ends with one. Then the result includes the closing quote.
 * @param quote the quote that is open before the text
 */
export function quotedForBash(text: string, quote: OpenQuote): string {
  switch (quote) {
    case '':
      return text.replace(notPlain, '\\$&');
    case "'":
      return closed(text.replaceAll("'", `'\\''`), quote);
    case '"':
      // A backslash in double quotes does not protect `!` from history expansion, so `!` goes outside.
      return closed(text.replace(/[$`"\\]/g, '\\$&').replaceAll('!', `"'!'"`), quote);
  }
}

function closed(quoted: string, quote: OpenQuote): string {
  return quoted.endsWith(quote) ? quoted + quote : quoted;
}
