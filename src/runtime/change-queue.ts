import { onAbort } from '../util/abort.ts';

/** Passes items from callbacks to one reader, in order. */
export class ChangeQueue<T> {
  #items: T[] = [];
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  push(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  /** Makes the reader throw after the items before. For bugs. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /** Yields the items until the signal. Then it ends at once. */
  async *read(signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    using _woken = onAbort(signal, () => this.#wake());
    while (!signal.aborted) {
      const items = this.#items;
      this.#items = [];
      for (const item of items) {
        yield item;
        if (signal.aborted) return;
      }
      if (this.#items.length > 0) continue;
      if (this.#failure !== undefined) throw this.#failure.error;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
