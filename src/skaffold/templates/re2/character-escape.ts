import type { PatternReader } from './pattern-reader.ts';

const letters: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** Reads an escape of one character after its backslash, and returns the code point. */
export function readEscape(reader: PatternReader): number {
  // A single digit would be a reference to a group, which Go does not have.
  const octal = reader.match(/^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/);
  if (octal !== undefined) return parseInt(octal[0], 8);
  const hex = reader.match(/^x(?:([\da-fA-F]{2})|\{([\da-fA-F]{1,8})\})/);
  if (hex !== undefined) {
    const code = parseInt(hex[1] ?? hex[2] ?? '', 16);
    return code > 0x10ffff ? reader.fail('invalid escape sequence') : code;
  }
  const character = reader.next();
  if (character === '') return reader.fail('trailing backslash at end of expression');
  const letter = letters[character];
  if (letter !== undefined) return letter;
  if (/[\dA-Za-z]/.test(character) || character > '\u007f')
    return reader.fail(`invalid escape sequence \\${character}`);
  return character.codePointAt(0) ?? 0;
}
