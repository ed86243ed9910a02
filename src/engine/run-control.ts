import { setMaxListeners } from 'node:events';
import type { StepId } from '../model/ids.ts';
import { Cancelled, type CancelReason } from '../model/outcome.ts';

/**
 * Ends a run or parts of it (docs/design/product.md, "Command line"). Asked once, what runs is cancelled and cleaned
 * up, and `always` stages still run. Asked twice, it ends at once and leaves what is there. An iteration or a step can
 * be cancelled alone: the run goes on.
 */
export class RunControl {
  readonly #asked = new AbortController();
  readonly #atOnce = new AbortController();
  #iteration = new AbortController();
  readonly #steps = new Map<StepId, AbortController>();

  constructor() {
    // Every step in progress listens; hundreds of listeners are no leak.
    setMaxListeners(0, this.#asked.signal, this.#atOnce.signal);
  }

  get asked(): AbortSignal {
    return this.#asked.signal;
  }

  get atOnce(): AbortSignal {
    return this.#atOnce.signal;
  }

  /** Aborted when the run or its current iteration is cancelled. */
  get iteration(): AbortSignal {
    return AbortSignal.any([this.#asked.signal, this.#iteration.signal]);
  }

  /** Why the run or its current iteration is cancelled. */
  get because(): CancelReason | undefined {
    const reason: unknown = this.#asked.signal.reason ?? this.#iteration.signal.reason;
    return reason instanceof Cancelled ? reason.because : undefined;
  }

  cancel(because: CancelReason): void {
    this.#asked.abort(new Cancelled(because));
  }

  stopAtOnce(because: CancelReason): void {
    this.cancel(because);
    this.#atOnce.abort(new Cancelled(this.because ?? because));
  }

  /** Called by the engine before each iteration: what was said of the one before does not hold for it. */
  beginIteration(): void {
    this.#iteration = new AbortController();
    this.#steps.clear();
  }

  /** Cancels the current iteration, and no other. */
  supersede(): void {
    this.#iteration.abort(new Cancelled('superseded'));
  }

  /** Cancels one step of the current iteration, also one that has not started. Its siblings go on. */
  cancelStep(step: StepId, because: CancelReason): void {
    this.#stepControl(step).abort(new Cancelled(because));
  }

  /** Aborted when this step is cancelled alone. */
  step(step: StepId): AbortSignal {
    return this.#stepControl(step).signal;
  }

  #stepControl(step: StepId): AbortController {
    const control = this.#steps.get(step) ?? new AbortController();
    this.#steps.set(step, control);
    return control;
  }
}
