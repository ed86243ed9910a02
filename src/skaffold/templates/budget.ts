import { OverBudget } from './function-stop.ts';

/** How much a template may do. */
export const limits = {
  /** Nodes that are evaluated, and items that functions go through. */
  steps: 1_000_000,
  /** Bytes of one text: of the output, and of each value. */
  textBytes: 1024 * 1024,
  /** UTF-16 units that functions read and produce. */
  units: 32 * 1024 * 1024,
  /** Templates that call templates, and values within values. */
  levels: 100,
} as const;

/** Counts what the evaluation of one template does. Each method throws `OverBudget` at the limit. */
export class Budget {
  #steps = 0;
  #units = 0;
  #depth = 0;

  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > limits.steps) throw new OverBudget({ limit: limits.steps, unit: 'step' });
  }

  /** Counts a text before it is made. @param length its UTF-16 units, of which each is at least one byte */
  text(length: number): void {
    this.#units += length;
    if (length > limits.textBytes || this.#units > limits.units) {
      throw new OverBudget({ limit: limits.textBytes, unit: 'byte' });
    }
  }

  /** Does work of one level deeper: a called template, or the items of a value, which may contain itself. */
  nested<T>(work: () => T): T {
    if (++this.#depth > limits.levels) throw new OverBudget({ limit: limits.levels, unit: 'level' });
    const done = work();
    this.#depth--;
    return done;
  }
}
