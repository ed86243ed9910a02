import { notSlash, only, slash, type CharacterSet } from './character-set.ts';
import { Pattern, type State } from './pattern.ts';

interface Group {
  readonly start: number;
  readonly ends: number[];
}

/** Builds a pattern from start to end. Its size is proportional to what was added. */
export class PatternBuilder {
  readonly #states: { takes?: CharacterSet; next?: number; free: number[] }[] = [{ free: [] }];
  /** The final state so far. No transition leaves it. */
  #at = 0;
  readonly #groups: Group[] = [];

  /** Adds literal characters. */
  text(text: string): this {
    for (const character of text) this.one(only(character.codePointAt(0)!));
    return this;
  }

  /** Adds one character of a set. */
  one(set: CharacterSet): this {
    const from = this.#states[this.#at]!;
    this.#at = this.#make();
    from.takes = set;
    from.next = this.#at;
    return this;
  }

  /** Adds any number of characters of a set, or none. */
  many(set: CharacterSet): this {
    const loop = this.#follow(this.#at);
    this.#states[loop]!.takes = set;
    this.#states[loop]!.next = loop;
    this.#at = this.#follow(loop);
    return this;
  }

  /** Adds any number of path parts with a slash before each, or none. */
  parts(): this {
    const loop = this.#follow(this.#at);
    this.#at = loop;
    this.one(slash).one(notSlash).many(notSlash);
    this.#states[this.#at]!.free.push(loop);
    this.#at = this.#follow(loop);
    return this;
  }

  /** Starts a group of alternatives, and its first alternative. */
  open(): this {
    this.#groups.push({ start: this.#at, ends: [] });
    this.#at = this.#follow(this.#at);
    return this;
  }

  /** Starts the next alternative of the innermost group. */
  or(): this {
    const group = this.#groups.at(-1)!;
    group.ends.push(this.#at);
    this.#at = this.#follow(group.start);
    return this;
  }

  /**
   * Ends the innermost group.
   * @param last by alternative: the set of one more character after it
   */
  close(last: readonly (CharacterSet | undefined)[] = []): this {
    const ends = [...this.#groups.pop()!.ends, this.#at];
    const joined = this.#make();
    for (const [i, end] of ends.entries()) {
      this.#at = end;
      if (last[i] !== undefined) this.one(last[i]);
      this.#states[this.#at]!.free.push(joined);
    }
    this.#at = joined;
    return this;
  }

  build(): Pattern {
    this.#at = this.#follow(this.#at);
    return new Pattern(this.#states satisfies readonly State[]);
  }

  #make(): number {
    return this.#states.push({ free: [] }) - 1;
  }

  /** Adds a state that is reachable from another without a character. */
  #follow(from: number): number {
    const made = this.#make();
    this.#states[from]!.free.push(made);
    return made;
  }
}
