import { setMaxListeners } from 'node:events';
import { Cancelled, type CancelReason } from '../model/outcome.ts';

/**
 * How a run is told to end (docs/design/product.md, "Command line"): asked once, what runs is cancelled and cleaned up,
 * and `always` stages still run; asked twice, it ends at once and leaves what is there.
 */
export class RunControl {
  readonly #asked = new AbortController();
  readonly #atOnce = new AbortController();

  constructor() {
    // Every step in progress listens; hundreds of them are no leak.
    setMaxListeners(0, this.#asked.signal, this.#atOnce.signal);
  }

  get asked(): AbortSignal {
    return this.#asked.signal;
  }

  get atOnce(): AbortSignal {
    return this.#atOnce.signal;
  }

  get because(): CancelReason | undefined {
    const reason: unknown = this.#asked.signal.reason;
    return reason instanceof Cancelled ? reason.because : undefined;
  }

  cancel(because: CancelReason): void {
    this.#asked.abort(new Cancelled(because));
  }

  stopAtOnce(because: CancelReason): void {
    this.cancel(because);
    this.#atOnce.abort(new Cancelled(this.because ?? because));
  }
}
