/**
 * A compiled pattern: a nondeterministic automaton that is simulated with all its states at once (Thompson). Without
 * backtracking, a text of n characters takes at most n times as many steps as there are states and transitions.
 * `PatternBuilder` builds it. (docs/decisions/0013-globs.md)
 */
import type { CharacterSet } from './character-set.ts';

export interface State {
  /** A character of this set leads to `next`. */
  readonly takes?: CharacterSet;
  readonly next?: number;
  /** States that are reachable without a character. */
  readonly free: readonly number[];
}

export interface Match {
  readonly matched: boolean;
  /** Where the match ends, if there is one. */
  readonly end: number;
  /** The number of visited states and transitions, for tests. */
  readonly steps: number;
}

const slashCode = 0x2f;

export class Pattern {
  readonly #sets: readonly [StateSet, StateSet];

  /** @param states the first one is the start, the last one the end */
  constructor(readonly states: readonly State[]) {
    this.#sets = [new StateSet(states), new StateSet(states)];
  }

  /** Reports whether the pattern matches the whole text. */
  matches(text: string): boolean {
    return this.run(text, false).matched;
  }

  /** Reports whether the pattern matches the path or a folder above it. */
  matchesPathOrAbove(path: string): boolean {
    return this.run(path, true).matched;
  }

  /** Returns the length of the shortest match: the path itself, or a folder above it. */
  shortestMatch(path: string): number | undefined {
    const { matched, end } = this.run(path, true);
    return matched ? end : undefined;
  }

  run(text: string, orAbove: boolean): Match {
    let [current, next] = this.#sets;
    current.clear();
    const end = this.states.length - 1;
    let steps = current.reach(0);
    for (let at = 0; at < text.length && current.count > 0; at++) {
      const code = text.codePointAt(at)!;
      if (code > 0xffff) at++;
      if (orAbove && code === slashCode && current.has(end)) return { matched: true, end: at, steps };
      next.clear();
      for (let i = 0; i < current.count; i++) {
        const state = this.states[current.members[i]!]!;
        steps++;
        if (state.takes?.has(code) === true && state.next !== undefined) steps += next.reach(state.next);
      }
      [current, next] = [next, current];
    }
    return { matched: current.has(end), end: text.length, steps };
  }
}

/** States in the order in which they were reached, each once. */
class StateSet {
  readonly members: Int32Array;
  count = 0;
  readonly #known: Uint8Array;
  readonly #states: readonly State[];

  constructor(states: readonly State[]) {
    this.#states = states;
    this.members = new Int32Array(states.length);
    this.#known = new Uint8Array(states.length);
  }

  has(state: number): boolean {
    return this.#known[state] === 1;
  }

  clear(): void {
    for (let i = 0; i < this.count; i++) this.#known[this.members[i]!] = 0;
    this.count = 0;
  }

  /**
   * Adds a state and all states that are reachable without a character.
   * @returns the number of followed transitions
   */
  reach(state: number): number {
    let steps = 1;
    let expanded = this.count;
    this.#add(state);
    for (; expanded < this.count; expanded++) {
      for (const other of this.#states[this.members[expanded]!]!.free) {
        steps++;
        this.#add(other);
      }
    }
    return steps;
  }

  #add(state: number): void {
    if (this.#known[state] === 1) return;
    this.#known[state] = 1;
    this.members[this.count++] = state;
  }
}
