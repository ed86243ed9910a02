import type { Instruction } from './compile-regex.ts';

/** What the start of every match of a program is like. */
export interface MatchStart {
  /** Whether a match can only start at the start of the text. */
  readonly atTextStart: boolean;
  /** Every match starts with it. Often empty. */
  readonly prefix: string;
  /** The instructions that take the first character of a match. Absent: a match may be empty, or they are many. */
  readonly first?: readonly number[];
}

const longestPrefix = 16;
const mostFirst = 64;

/** Assertions are taken to hold. So a match may start in fewer places, never in others. */
export function matchStart(program: readonly Instruction[]): MatchStart {
  const first = firstOf(program);
  return { ...prefixOf(program), ...(first && { first }) };
}

function prefixOf(program: readonly Instruction[]): Pick<MatchStart, 'atTextStart' | 'prefix'> {
  let [prefix, atTextStart, index] = ['', false, 0];
  while (prefix.length < longestPrefix) {
    const instruction = program[index];
    if (instruction === undefined || instruction.kind === 'match') break;
    if (instruction.kind === 'split' && instruction.next !== instruction.second) break;
    if (instruction.kind === 'assertion' && instruction.assertion === 'textStart' && prefix === '') atTextStart = true;
    if (instruction.kind === 'character') {
      const { literal } = instruction;
      // Half of a character of two units could be found within one.
      if (literal === undefined || (literal >= 0xd800 && literal < 0xe000)) break;
      prefix += String.fromCodePoint(literal);
    }
    index = instruction.next;
  }
  return { atTextStart, prefix };
}

function firstOf(program: readonly Instruction[]): readonly number[] | undefined {
  const first: number[] = [];
  const seen = new Set<number>();
  const waiting = [0];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    const instruction = program[index];
    if (instruction === undefined || instruction.kind === 'match') return undefined;
    if (instruction.kind === 'character') {
      if (first.push(index) > mostFirst) return undefined;
      continue;
    }
    waiting.push(instruction.next);
    if (instruction.kind === 'split') waiting.push(instruction.second);
  }
  return first;
}
