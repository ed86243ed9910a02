/** Keeps the last lines of unbounded output. */
export class LastLines {
  #lines: string[] = [];

  constructor(private readonly limit: number) {}

  push(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#lines = [...this.#lines, ...lines.slice(-this.limit)].slice(-this.limit);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}
