import { Buffer } from 'node:buffer';
import { spelled, spelledHex, tokenOf, type Spelling, type Token } from './token.ts';

/**
 * A text as it is, URL-encoded and escaped as in JSON. Tools differ in which characters they encode, so each character may be
 * written either way, whatever those around it are.
 */
export class TextForms {
  readonly #known = new Map<string, Token>();

  pattern(text: string): readonly Token[] {
    return Array.from(text, (character) => this.#token(character));
  }

  #token(character: string): Token {
    let token = this.#known.get(character);
    if (token === undefined) this.#known.set(character, (token = tokenOf([spelled(character), ...encoded(character), ...escaped(character)])));
    return token;
  }
}

function encoded(character: string): Spelling[] {
  const percent = [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  if (character === ' ') return [spelledHex(percent), spelled('+')];
  // Forms have lines end with both.
  if (character === '\n') return [spelledHex(percent), spelledHex('%0d%0a')];
  return [spelledHex(percent)];
}

const shortEscapes: Readonly<Record<string, readonly string[]>> = {
  '"': ['\\"'],
  '\\': ['\\\\'],
  '/': ['\\/'],
  '\b': ['\\b'],
  '\f': ['\\f'],
  // A terminal, or a file of Windows, has lines end with both.
  '\n': ['\\n', '\\r\\n', '\r\n'],
  '\r': ['\\r'],
  '\t': ['\\t'],
};

function escaped(character: string): Spelling[] {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i).toString(16).padStart(4, '0'));
  // The `u` is not a digit: `\U` means something else.
  const long = units.flatMap((unit) => [...spelled('\\u'), ...spelledHex(unit)]);
  return [...(shortEscapes[character] ?? []).map(spelled), long];
}
