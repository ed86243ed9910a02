/** Keeps the last lines of unbounded output. */
export class LastLines {
  #lines: string[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#lines = [...this.#lines, ...lines.slice(-this.#limit)].slice(-this.#limit);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}
