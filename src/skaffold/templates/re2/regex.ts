import type { Budget } from '../budget.ts';
import { FunctionFailed } from '../function-stop.ts';
import { compileRegex, type Instruction } from './compile-regex.ts';
import { parseRegex } from './parse-regex.ts';
import type { Assertion } from './regex-nodes.ts';

/** Starts and ends of the groups of a match, in pairs. Group 0 is the whole match. -1 for a group without a match. */
export type Match = readonly number[];

/** How many pairs of an instruction and a position are remembered: 4 MiB of memory. */
const mostStates = 32 * 1024 * 1024;

const isWordUnit = (unit: number): boolean =>
  (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || unit === 95 || (unit >= 97 && unit <= 122);

/**
 * A regular expression of Go. It finds what Go's does: of the matches that start first, the one that a backtracking search
 * finds first. No instruction runs twice at one position, so that no expression takes more than linear time.
 */
export class Regex {
  readonly names: readonly (string | undefined)[];
  readonly #program: readonly Instruction[];
  readonly #budget: Budget;

  /** Throws `FunctionFailed` for an invalid expression. */
  constructor(pattern: string, budget: Budget) {
    budget.step(pattern.length);
    const { root, names } = parseRegex(pattern);
    this.names = names;
    this.#program = compileRegex(root, budget);
    this.#budget = budget;
    budget.step(this.#program.length);
  }

  /** Returns the first match that starts at `from` or later. */
  find(text: string, from = 0): Match | undefined {
    const positions = text.length + 1 - from;
    const states = this.#program.length * positions;
    if (states > mostStates) throw new FunctionFailed('the text is too long for this regular expression');
    const seen = new Uint32Array(Math.ceil(states / 32));
    // Clearing the memory takes time too.
    this.#budget.step(Math.ceil(seen.length / 256));
    for (let start = from; start <= text.length; start++) {
      const match = this.#matchAt(text, start, from, seen);
      if (match !== undefined) return match;
      if (isHighSurrogate(text, start)) start++;
    }
    return undefined;
  }

  /** Returns up to `limit` matches as Go's `FindAll`. An empty match right after another one does not count. */
  findAll(text: string, limit: number): readonly Match[] {
    const found: Match[] = [];
    let [at, lastEnd] = [0, -1];
    while (at <= text.length && (limit < 0 || found.length < limit)) {
      const match = this.find(text, at);
      if (match === undefined) break;
      const [start = 0, end = 0] = match;
      if (end !== at || start !== lastEnd) found.push(match);
      at = end === at ? at + (isHighSurrogate(text, at) ? 2 : 1) : end;
      lastEnd = end;
    }
    return found;
  }

  #matchAt(text: string, start: number, from: number, seen: Uint32Array): Match | undefined {
    const groups = new Array<number>(this.names.length * 2).fill(-1);
    // Pairs of an instruction and a position. Below zero: a group to restore, and its value.
    const stack = [0, start];
    const width = this.#program.length;
    while (stack.length > 0) {
      let at = stack.pop() ?? 0;
      let index = stack.pop() ?? 0;
      if (index < 0) {
        groups[-1 - index] = at;
        continue;
      }
      for (;;) {
        const state = (at - from) * width + index;
        const [cell, bit] = [state >>> 5, 1 << (state & 31)];
        if (((seen[cell] ?? 0) & bit) !== 0) break;
        seen[cell] = (seen[cell] ?? 0) | bit;
        this.#budget.step(1 / 4);
        const instruction = this.#program[index];
        if (instruction === undefined) break;
        if (instruction.kind === 'match') {
          [groups[0], groups[1]] = [start, at];
          return groups;
        }
        if (instruction.kind === 'character') {
          const code = text.codePointAt(at);
          if (code === undefined || !instruction.test(code)) break;
          at += code > 0xffff ? 2 : 1;
        } else if (instruction.kind === 'assertion') {
          if (!holds(instruction.assertion, text, at)) break;
        } else if (instruction.kind === 'split') {
          stack.push(instruction.second, at);
        } else {
          stack.push(-1 - instruction.slot, groups[instruction.slot] ?? -1);
          groups[instruction.slot] = at;
        }
        index = instruction.next;
      }
    }
    return undefined;
  }
}

function isHighSurrogate(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}

function holds(assertion: Assertion, text: string, at: number): boolean {
  switch (assertion) {
    case 'textStart':
      return at === 0;
    case 'textEnd':
      return at === text.length;
    case 'lineStart':
      return at === 0 || text[at - 1] === '\n';
    case 'lineEnd':
      return at === text.length || text[at] === '\n';
    default: {
      const isBoundary =
        isWordUnit(at > 0 ? text.charCodeAt(at - 1) : 0) !== isWordUnit(at < text.length ? text.charCodeAt(at) : 0);
      return isBoundary === (assertion === 'word');
    }
  }
}
