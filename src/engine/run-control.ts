import { setMaxListeners } from 'node:events';
import { stepOrdinals } from '../model/ids.ts';
import type { StepId } from '../model/ids.ts';
import { Cancelled, type CancelReason } from '../model/outcome.ts';

/**
 * Ends a run or parts of it (docs/design/product.md, "Command line"). The first request cancels and cleans up running
 * steps, and `always` stages still run. The second request ends the run at once and leaves its workloads. A request can
 * also cancel one iteration or one step; the run continues.
 */
export class RunControl {
  readonly #asked = new AbortController();
  readonly #atOnce = new AbortController();
  readonly #unstored = new AbortController();
  #iteration = new AbortController();
  readonly #steps = new Map<StepId, AbortController>();

  constructor() {
    // Every step in progress listens. Hundreds of listeners are not a leak.
    setMaxListeners(0, this.#asked.signal, this.#atOnce.signal, this.#unstored.signal);
  }

  get asked(): AbortSignal {
    return this.#asked.signal;
  }

  get atOnce(): AbortSignal {
    return this.#atOnce.signal;
  }

  /** Aborted when the log can no longer be written. Reading more output is of no use then. */
  get unstored(): AbortSignal {
    return this.#unstored.signal;
  }

  /** Called by the engine when the log broke. */
  loseLog(): void {
    this.#unstored.abort();
  }

  /** Aborts when the run or its current iteration is cancelled. */
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

  /**
   * Resets the cancellation of the iteration, and forgets the steps of earlier ones. The engine calls this before each
   * iteration.
   */
  beginIteration(iteration: number): void {
    this.#iteration = new AbortController();
    for (const step of this.#steps.keys()) if (stepOrdinals(step).iteration < iteration) this.#steps.delete(step);
  }

  /** Cancels only the current iteration. */
  supersede(): void {
    this.#iteration.abort(new Cancelled('superseded'));
  }

  /** Cancels one step of the current or a later iteration, even before it starts. Its siblings continue. */
  cancelStep(step: StepId, because: CancelReason): void {
    this.#stepControl(step).abort(new Cancelled(because));
  }

  /** Aborts when this step alone is cancelled. */
  step(step: StepId): AbortSignal {
    return this.#stepControl(step).signal;
  }

  #stepControl(step: StepId): AbortController {
    const control = this.#steps.get(step) ?? new AbortController();
    this.#steps.set(step, control);
    return control;
  }
}
