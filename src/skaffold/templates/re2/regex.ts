import type { Budget } from '../budget.ts';
import { compileRegex } from './compile-regex.ts';
import { parseRegex } from './parse-regex.ts';
import { RegexSearch } from './regex-search.ts';

/** Starts and ends of the groups of a match, in pairs. Group 0 is the whole match. -1 for a group without a match. */
export type Match = readonly number[];

/**
 * A regular expression of Go. It finds what Go's does: of the matches that start first, the one that a backtracking search
 * finds first. No expression takes more than linear time, or memory that depends on the text.
 */
export class Regex {
  readonly names: readonly (string | undefined)[];
  readonly #search: RegexSearch;

  /** Throws `FunctionFailed` for an invalid expression. */
  constructor(pattern: string, budget: Budget) {
    budget.step(pattern.length);
    const { root, names } = parseRegex(pattern);
    this.names = names;
    const program = compileRegex(root, budget);
    budget.step(program.length);
    this.#search = new RegexSearch(program, budget);
  }

  /** Reports whether there is a match anywhere. This takes less time than to find it. */
  matches(text: string): boolean {
    return this.#search.run(text, 0, 0) !== undefined;
  }

  /** Reports what `matches` does. Yields after some milliseconds each. */
  *matching(text: string): Generator<undefined, boolean, void> {
    return (yield* this.#search.running(text, 0, 0)) !== undefined;
  }

  /** Returns the first match that starts at `from` or later. */
  find(text: string, from = 0): Match | undefined {
    return this.#search.run(text, from, this.names.length * 2);
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
}

function isHighSurrogate(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}
