/** Detects changes of the index by any process within a few frames. Checks only while a caller waits. */
import { onAbort } from '../../util/abort.ts';
import type { RunIndex } from './run-index.ts';

/** A request must be seen within 100 ms, a change of a run within 50 (see `ChangeNotifier`). */
const lookEveryMs = 25;

export class IndexWatch {
  /** Increases with every detected change. */
  version = 0;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #knownData: number;
  readonly #index: RunIndex;

  constructor(index: RunIndex) {
    this.#index = index;
    this.#knownData = index.dataVersion();
  }

  /** Resolves when something has changed since `seen`, or a signal is aborted. Does not keep the process alive. */
  async changed(seen: number, signals: readonly AbortSignal[]): Promise<void> {
    if (this.version > seen || signals.some((signal) => signal.aborted)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        listener[Symbol.dispose]();
        if (this.#waiting.size === 0) this.#stop();
        resolve();
      };
      this.#waiting.add(done);
      const listener = onAbort(signals, done);
      this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref();
    });
  }

  /** Called when this process has changed the index. */
  notify(): void {
    this.version += 1;
    for (const done of [...this.#waiting]) done();
  }

  #look(): void {
    try {
      const data = this.#index.dataVersion();
      if (data === this.#knownData) return;
      this.#knownData = data;
    } catch {
      return;
    }
    this.notify();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
