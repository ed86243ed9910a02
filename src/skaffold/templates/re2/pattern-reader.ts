import { quoted } from '../../../util/visible.ts';
import { FunctionFailed } from '../function-stop.ts';

/** Reads a regular expression from left to right. */
export class PatternReader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  get atEnd(): boolean {
    return this.#at >= this.#pattern.length;
  }

  /** How many units are read. */
  get at(): number {
    return this.#at;
  }

  get rest(): string {
    return this.#pattern.slice(this.#at);
  }

  /** Returns the next character without reading it, or ''. */
  peek(): string {
    const code = this.#pattern.codePointAt(this.#at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  sees(text: string): boolean {
    return this.#pattern.startsWith(text, this.#at);
  }

  next(): string {
    const character = this.peek();
    this.#at += character.length;
    return character;
  }

  skip(units: number): void {
    this.#at += units;
  }

  /** Reads this text if it is next. */
  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  /** Reads what a pattern with `^` matches next. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    // Nothing that is matched so is long.
    const found = pattern.exec(this.#pattern.slice(this.#at, this.#at + 200));
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }

  fail(problem: string): never {
    throw new FunctionFailed(`invalid regular expression ${quoted(this.#pattern)}: ${problem}`);
  }
}
