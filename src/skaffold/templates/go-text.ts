/** Texts as Go sees them: bytes of UTF-8, Go's white space, and Go's quotes. */

const spaces = String.raw`[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const space = new RegExp(spaces);
const outerSpace = new RegExp(`^${spaces}+|(?<!${spaces})${spaces}+$`, 'g');
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

export const isSpace = (character: string): boolean => space.test(character);

/** Removes white space around a text, by Go's definition of white space. */
export const trimSpace = (text: string): string => text.replaceAll(outerSpace, '');

export const byteLength = (text: string): number => Buffer.byteLength(text);

/** Returns the text of these bytes, or `undefined` if they are not UTF-8. */
export function decoded(bytes: Buffer): string | undefined {
  const text = bytes.toString();
  return text.includes('\ufffd') && !Buffer.from(text).equals(bytes) ? undefined : text;
}

const escapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

/** Quotes a text as Go's `%q` does. */
export function quoteGo(text: string, quote: '"' | "'" = '"'): string {
  let out = quote as string;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const escape = escapes[character];
    if (character === quote) out += `\\${quote}`;
    else if (escape !== undefined) out += escape;
    else if (printable.test(character)) out += character;
    else if (code < 0x20 || code === 0x7f) out += `\\x${hex(code, 2)}`;
    else out += code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  }
  return out + quote;
}

const literalPart = /\\(?:([abfnrtv\\'"])|([0-7]{3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))|[^\\]+/gy;

const named: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(escapes).map(([character, escape]) => [escape.slice(1), character]),
);

export type Unquoted = { readonly text: string } | { readonly problem: 'syntax' | 'bytes' };

/** Returns the text of what is between the quotes of a Go literal. `bytes` are escapes that are not UTF-8. */
export function unquoteGo(inner: string, quote: '"' | "'"): Unquoted {
  const parts: Buffer[] = [];
  let end = 0;
  for (const match of inner.matchAll(literalPart)) {
    const [whole, letter, octal, byte, short, long] = match;
    end += whole.length;
    if (letter !== undefined) {
      if ((letter === '"' || letter === "'") && letter !== quote) return { problem: 'syntax' };
      parts.push(Buffer.from(named[letter] ?? letter));
    } else if (octal !== undefined || byte !== undefined) {
      const value = octal === undefined ? parseInt(byte ?? '', 16) : parseInt(octal, 8);
      if (value > 255) return { problem: 'syntax' };
      // In a character literal, such an escape is a character and not a byte.
      parts.push(quote === "'" ? Buffer.from(String.fromCharCode(value)) : Buffer.of(value));
    } else if (short !== undefined || long !== undefined) {
      const value = parseInt(short ?? long ?? '', 16);
      if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return { problem: 'syntax' };
      parts.push(Buffer.from(String.fromCodePoint(value)));
    } else parts.push(Buffer.from(whole));
  }
  if (end !== inner.length) return { problem: 'syntax' };
  const text = decoded(Buffer.concat(parts));
  return text === undefined ? { problem: 'bytes' } : { text };
}
