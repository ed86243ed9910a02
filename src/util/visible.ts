/**
 * Control characters, bidirectional overrides, and invisible characters. A file must not control the terminal, nor make
 * two names look the same. Joiners (U+200C, U+200D) stay: words and emoji need them.
 */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Returns the text with escapes for everything that does not print, so that it is one line and moves no cursor. */
export function visible(text: string): string {
  if (text.search(unsafe) < 0) return text;
  return text.replaceAll(unsafe, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    if (character === '\r') return '\\r';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Quotes a name for messages: in backticks, on one line, shortened. */
export function quoted(name: string): string {
  const shown = name.length > 60 ? `${name.slice(0, 57)}…` : name;
  return `\`${visible(shown)}\``;
}

/** Formats `a`, `b` or `c`. */
export function oneOf(names: readonly string[]): string {
  const shown = names.slice(0, 20).map(quoted);
  if (names.length > 20) return `${shown.join(', ')} or one of ${names.length - 20} others`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1) ?? ''}`;
}
