import type { Budget } from '../budget.ts';
import type { Instruction } from './compile-regex.ts';
import { matchStart, type MatchStart } from './match-start.ts';
import type { Assertion } from './regex-nodes.ts';

/** Starts and ends of groups, in pairs. Never changed. */
type Groups = readonly number[];

/** Steps of the budget for one instruction at one position. */
const visit = 1 / 4;
/** Steps for a character that cannot start a match. */
const glance = 1 / 256;
/** Steps that are counted before the budget is told. */
const batch = 256;
/** Steps of some milliseconds. */
const pause = 20_000;

const unknown = 0;
const no = 1;
const yes = 2;

const isMatch = 0;
const isCharacter = 1;
const isAssertion = 2;
const isSplit = 3;
const isSave = 4;
const kinds: Readonly<Record<Instruction['kind'], number>> = {
  match: isMatch,
  character: isCharacter,
  assertion: isAssertion,
  split: isSplit,
  save: isSave,
};

interface Search {
  readonly text: string;
  readonly slots: number;
  at: number;
  found: Groups | undefined;
}

/** The threads at one position, from the first choice to the last one. */
class Threads {
  readonly indexes: Int32Array;
  /** By thread. Empty if groups are not wanted. */
  readonly groups: (Groups | undefined)[] = [];
  count = 0;

  constructor(size: number) {
    this.indexes = new Int32Array(size);
  }
}

/**
 * Runs a program on texts. All choices go through a text together, so that the memory depends on the program only, and no
 * instruction runs twice at one position. A choice that comes later ends at an instruction that an earlier one has reached.
 */
export class RegexSearch {
  readonly #program: readonly Instruction[];
  readonly #budget: Budget;
  readonly #start: MatchStart;
  // The program as arrays of numbers, which are several times as fast as objects.
  readonly #kinds: Uint8Array;
  readonly #nexts: Int32Array;
  /** The second choices, and the slots of groups. */
  readonly #others: Int32Array;
  /** -1: a character that is no literal. */
  readonly #literals: Int32Array;
  /** Results of tests of ASCII. Equal tests share them. */
  readonly #ascii: readonly (Uint8Array | undefined)[];
  /** Whether a character of ASCII can be the first one of a match. */
  readonly #firstAscii = new Uint8Array(128);
  /** For each instruction the turn in which it ran last. Turns are never repeated. */
  readonly #ran: Float64Array;
  readonly #stack: Int32Array;
  readonly #stackGroups: (Groups | undefined)[] = [];
  #turn = 0;
  #now: Threads;
  #next: Threads;
  #steps = 0;
  #stepsSincePause = 0;

  constructor(program: readonly Instruction[], budget: Budget) {
    this.#program = program;
    this.#budget = budget;
    this.#start = matchStart(program);
    this.#kinds = Uint8Array.from(program, ({ kind }) => kinds[kind]);
    this.#nexts = Int32Array.from(program, (each) => (each.kind === 'match' ? 0 : each.next));
    this.#others = Int32Array.from(program, (each) =>
      each.kind === 'split' ? each.second : each.kind === 'save' ? each.slot : 0,
    );
    this.#literals = Int32Array.from(program, (each) => (each.kind === 'character' ? (each.literal ?? -1) : -1));
    const known = new Map<unknown, Uint8Array>();
    this.#ascii = program.map((instruction) => {
      if (instruction.kind !== 'character' || instruction.literal !== undefined) return undefined;
      const results = known.get(instruction.test) ?? new Uint8Array(128);
      known.set(instruction.test, results);
      return results;
    });
    this.#ran = new Float64Array(program.length);
    this.#stack = new Int32Array(program.length + 1);
    this.#now = new Threads(program.length);
    this.#next = new Threads(program.length);
  }

  /**
   * Searches for a match that starts at `from` or later.
   * @param slots the length of `Groups`. 0: the first match found counts, whichever it is
   * @returns the groups of the match that counts. Without slots, an empty array
   */
  run(text: string, from: number, slots: number): Groups | undefined {
    const search = this.#begin(text, from, slots);
    while (!this.#advance(search));
    return search.found;
  }

  /** Searches as `run` does, and yields after some milliseconds each. Nothing else may be searched until it ends. */
  *running(text: string, from: number, slots: number): Generator<undefined, Groups | undefined, void> {
    const search = this.#begin(text, from, slots);
    while (!this.#advance(search)) yield;
    return search.found;
  }

  #begin(text: string, at: number, slots: number): Search {
    this.#now.count = 0;
    this.#turn++;
    return { text, at, slots, found: undefined };
  }

  /** Searches for some milliseconds. Returns whether the search has ended. */
  #advance(search: Search): boolean {
    const { text, slots } = search;
    const { atTextStart } = this.#start;
    let { at, found } = search;
    this.#stepsSincePause = 0;
    while (this.#stepsSincePause < pause) {
      if (this.#now.count === 0) {
        if (!found && !(atTextStart && at > 0)) at = this.#skip(text, at);
        else at = text.length + 1;
        if (at > text.length) break;
      }
      const code = at < text.length ? codeAt(text, at) : -1;
      if (!found && !(atTextStart && at > 0) && this.#canStart(code)) {
        const groups = slots === 0 ? undefined : new Array<number>(slots).fill(-1);
        if (groups) groups[0] = at;
        this.#count(slots / 16);
        this.#add(this.#now, 0, text, at, groups);
      }
      this.#turn++;
      const width = code > 0xffff ? 2 : 1;
      const { indexes, groups, count } = this.#now;
      this.#next.count = 0;
      for (let i = 0; i < count; i++) {
        const index = indexes[i]!;
        if (this.#kinds[index] === isMatch) {
          found = groups[i]?.with(1, at) ?? [];
          // All choices after it do not count any more.
          break;
        }
        if (code >= 0 && this.#takes(index, code))
          this.#add(this.#next, this.#nexts[index]!, text, at + width, groups[i]);
      }
      [this.#now, this.#next] = [this.#next, this.#now];
      at = found && slots === 0 ? text.length + 1 : at + width;
      if (at > text.length) break;
    }
    this.#tell();
    search.at = at;
    search.found = found;
    return at > text.length;
  }

  /** Adds a thread with all its choices that take no character. */
  #add(to: Threads, start: number, text: string, at: number, before: Groups | undefined): void {
    const [stack, stackGroups] = [this.#stack, this.#stackGroups];
    let waiting = 0;
    let groups = before;
    for (let index = start; ;) {
      let more = -1;
      if (this.#ran[index] !== this.#turn) {
        this.#ran[index] = this.#turn;
        this.#count(visit);
        const kind = this.#kinds[index];
        if (kind === isSplit) {
          stack[waiting] = this.#others[index]!;
          if (groups) stackGroups[waiting] = groups;
          waiting++;
          more = this.#nexts[index]!;
        } else if (kind === isSave) {
          if (groups) {
            this.#count(groups.length / 16);
            groups = groups.with(this.#others[index]!, at);
          }
          more = this.#nexts[index]!;
        } else if (kind === isAssertion) {
          if (this.#holds(index, text, at)) more = this.#nexts[index]!;
        } else {
          to.indexes[to.count] = index;
          if (groups) to.groups[to.count] = groups;
          to.count++;
        }
      }
      if (more < 0) {
        if (waiting === 0) return;
        more = stack[--waiting]!;
        if (groups) groups = stackGroups[waiting];
      }
      index = more;
    }
  }

  /** Returns the next position where a match can start, or one after the end of the text. */
  #skip(text: string, from: number): number {
    const { prefix, first } = this.#start;
    let at = from;
    if (prefix !== '') {
      at = text.indexOf(prefix, from);
      if (at < 0) at = text.length + 1;
    } else if (first) {
      for (; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code >= 128 || this.#firstAscii[code] !== no) break;
      }
      if (at === text.length) at++;
    }
    this.#count((at - from) * glance);
    return at;
  }

  /** Reports whether a match can start with a character. @param code -1 at the end of the text */
  #canStart(code: number): boolean {
    const { first } = this.#start;
    if (!first) return true;
    if (code < 0) return false;
    if (code >= 128) this.#count(first.length / 16);
    if (code >= 128) return first.some((index) => this.#takes(index, code));
    if (this.#firstAscii[code] === unknown)
      this.#firstAscii[code] = first.some((index) => this.#takes(index, code)) ? yes : no;
    return this.#firstAscii[code] === yes;
  }

  #takes(index: number, code: number): boolean {
    const literal = this.#literals[index]!;
    if (literal >= 0) return literal === code;
    if (code >= 128) return this.#tests(index, code);
    const results = this.#ascii[index]!;
    if (results[code] === unknown) results[code] = this.#tests(index, code) ? yes : no;
    return results[code] === yes;
  }

  #tests(index: number, code: number): boolean {
    const instruction = this.#program[index];
    if (instruction?.kind !== 'character') return false;
    this.#count(instruction.length / 16);
    return instruction.test(code);
  }

  #holds(index: number, text: string, at: number): boolean {
    const instruction = this.#program[index];
    return instruction?.kind === 'assertion' && holds(instruction.assertion, text, at);
  }

  #count(steps: number): void {
    this.#steps += steps;
    if (this.#steps >= batch) this.#tell();
  }

  #tell(): void {
    const steps = this.#steps;
    this.#steps = 0;
    this.#stepsSincePause += steps;
    this.#budget.step(steps);
  }
}

function codeAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit < 0xdc00 ? text.codePointAt(at)! : unit;
}

const isWordUnit = (unit: number): boolean =>
  (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || unit === 95 || (unit >= 97 && unit <= 122);

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
