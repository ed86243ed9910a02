/** How single values are written in YAML, so that readers of YAML 1.1 and 1.2 agree on them. */

/** A value as readers of JSON have it. Anything else than a text, a number or a boolean is `null`. */
export function yamlScalar(value: unknown): string {
  if (typeof value === 'string') return yamlText(value);
  return typeof value === 'number' || typeof value === 'boolean' ? JSON.stringify(value) : 'null';
}

/** Returns a text on one line, in quotes where it needs them. */
export function yamlText(text: string): string {
  if (!printable.test(text)) return doubleQuoted(text);
  if (isOtherType(text)) return doubleQuoted(text);
  return needsQuotes.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}

/**
 * Returns the lines of a block (`|`) for a text of several lines, the first one with its indicators. Returns `undefined` if a text has
 * one line only, or if a block could not hold it as it is.
 */
export function yamlBlock(text: string): readonly string[] | undefined {
  if (!text.includes('\n') || !isBlockText.test(text) || /\n[\t ]+\n*$/.test(text)) return undefined;
  const lines = text.split('\n');
  if (lines.at(-1) !== '') return ['|-', ...lines];
  return [text.endsWith('\n\n') ? '|+' : '|', ...lines.slice(0, -1)];
}

/** Characters that print. Tabs are left out: they may not stand everywhere. */
const printable = /^[ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]+$/u;

/** A text whose first line shows the indentation, and which has no other line ends or control characters. */
const isBlockText = /^[!-~][\n\t -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Starts with an indicator, looks like a key or comment, marks a document, or has spaces around it. */
const needsQuotes = /^[\s,[\]{}#&*!|>'"%@`]|^[-?:](?:\s|$)|^(?:---|\.\.\.)|:(?:\s|$)|\s#|\s$/u;

const words = /^(?:y|n|yes|no|on|off|true|false|null|~|=|<<|)$/i;
const numbers: readonly RegExp[] = [
  /^[-+]?0b[01_]+$/,
  /^[-+]?0o?[0-7_]+$/,
  /^[-+]?0x[\da-fA-F_]+$/,
  /^[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.[\d_]*)(?:[eE][-+]?\d+)?$/,
  // Numbers of base 60.
  /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/,
  /^(?:[-+]?\.inf|\.nan)$/i,
];
const timestamp = /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[\t ]+)\d\d?:\d\d:\d\d(?:\.\d*)?[\t ]*(?:Z|[-+]\d\d?(?::?\d\d)?)?)?$/;

/** Reports whether a reader would take a text without quotes for something else than a text. */
function isOtherType(text: string): boolean {
  return words.test(text) || timestamp.test(text) || numbers.some((pattern) => pattern.test(text));
}

function doubleQuoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
