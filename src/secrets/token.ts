import { Buffer } from 'node:buffer';

/** Bytes of which any one may stand at a place. */
export type ByteClass = readonly number[];

/** One way to write a token: a class for each of its bytes. */
export type Spelling = readonly ByteClass[];

/** What a move leads to when the token is complete. */
export const complete = -1;

/**
 * One element of a secret, such as a character of it, in every way that it may be written. A small machine without memory of how it
 * came to where it is: from node 0, each byte leads to any number of nodes.
 */
export interface Token {
  readonly moves: readonly ReadonlyMap<number, readonly number[]>[];
}

/** Nodes that a token has at most, so that a place in a pattern is one number. */
export const mostNodes = 64;

/** @param gaps what may stand before it and means nothing */
export function tokenOf(spellings: readonly Spelling[], gaps: readonly Spelling[] = []): Token {
  const moves: Map<number, number[]>[] = [];
  const node = () => moves.push(new Map()) - 1;
  const lead = (from: number, spelling: Spelling, to: number): void => {
    let at = from;
    for (const [i, bytes] of spelling.entries()) {
      const next = i === spelling.length - 1 ? to : node();
      const here = moves[at];
      for (const byte of bytes) here?.set(byte, [...(here.get(byte) ?? []), next]);
      at = next;
    }
  };
  const start = node();
  for (const spelling of spellings) lead(start, spelling, complete);
  if (gaps.length > 0) {
    const afterGap = node();
    for (const gap of gaps) lead(start, gap, afterGap);
    for (const spelling of spellings) lead(afterGap, spelling, complete);
  }
  if (moves.length > mostNodes) throw new Error(`a token of ${moves.length} nodes`);
  return { moves };
}

/** The bytes of a text, each by itself. */
export function spelled(text: string): Spelling {
  return [...Buffer.from(text)].map((byte) => [byte]);
}

/** As `spelled`; hexadecimal digits in either case. */
export function spelledHex(text: string): Spelling {
  return [...text].map((character) => [...new Set([...character.toLowerCase(), ...character.toUpperCase()].map((one) => one.charCodeAt(0)))]);
}
