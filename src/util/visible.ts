/**
 * Control characters, those that turn the direction of text, and those that take no room: a file must not be able to
 * steer the terminal that shows it, nor make two names look the same. Joiners (U+200C, U+200D) stay: words and emoji
 * are made with them.
 */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** The text with everything that does not print shown as an escape, so that it takes one line and moves no cursor. */
export function visible(text: string): string {
  if (text.search(unsafe) < 0) return text;
  return text.replaceAll(unsafe, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    if (character === '\r') return '\\r';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** A name as messages quote it: in backticks, on one line, cut where it would fill the screen. */
export function quoted(name: string): string {
  const shown = name.length > 60 ? `${name.slice(0, 57)}…` : name;
  return `\`${visible(shown)}\``;
}

/** `a`, `b` or `c` */
export function oneOf(names: readonly string[]): string {
  const shown = names.slice(0, 20).map(quoted);
  if (names.length > 20) return `${shown.join(', ')} or one of ${names.length - 20} others`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1) ?? ''}`;
}
