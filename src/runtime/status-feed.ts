import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../model/clock.ts';
import { onAbort } from '../util/abort.ts';
import { settlesWithin } from '../util/settles-within.ts';
import type { ContainerStatus } from './running-container.ts';

/** The status of one container, with those who wait for its changes. Held by the watch that found the container. */
export class StatusFeed {
  #status: ContainerStatus;
  readonly #waiting = new Set<() => void>();
  /** The signal of the watch. After it, the status no longer changes. */
  readonly #watching: AbortSignal;

  constructor(status: ContainerStatus, watching: AbortSignal) {
    this.#status = status;
    this.#watching = watching;
  }

  get status(): ContainerStatus {
    return this.#status;
  }

  get gone(): boolean {
    return this.#status.state.phase === 'gone';
  }

  /** Reports whether no change can follow. */
  get over(): boolean {
    return this.gone || this.#watching.aborted;
  }

  /** Returns a signal that is aborted with this one, and at the end of the watch. */
  within(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#watching]);
  }

  /** Ignored after `gone`, and if nothing changed. */
  set(status: ContainerStatus): void {
    if (this.gone || isDeepStrictEqual(status, this.#status)) return;
    this.#status = status;
    for (const wake of [...this.#waiting]) wake();
  }

  setGone(): void {
    this.set({ ...this.#status, state: { phase: 'gone' }, ready: false });
  }

  /** Resolves when the status is another one than `seen`, when no change can follow, or on the signal. Never rejects. */
  async changed(seen: ContainerStatus, signal: AbortSignal): Promise<void> {
    if (this.#status !== seen || this.over || signal.aborted) return;
    let wake = (): void => undefined;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    this.#waiting.add(wake);
    using _stopped = onAbort([signal, this.#watching], wake);
    await woken;
    this.#waiting.delete(wake);
  }

  /** Waits at most this long. A change from `seen` ends the wait, unless no change can follow. Never rejects. */
  async pause(seen: ContainerStatus, ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    const left = new AbortController();
    const until = AbortSignal.any([left.signal, signal]);
    const changed = this.over ? new Promise<void>(() => undefined) : this.changed(seen, until);
    await settlesWithin(changed, ms, clock, signal);
    left.abort();
  }

  /** See `RunningContainer.statuses`. */
  async *statuses(signal: AbortSignal): AsyncGenerator<ContainerStatus, void, undefined> {
    while (!signal.aborted && !(this.#watching.aborted && !this.gone)) {
      const status = this.#status;
      yield status;
      if (status.state.phase === 'gone') return;
      await this.changed(status, signal);
      if (this.#status === status) return;
    }
  }

  /** See `RunningContainer.restarted`. */
  restarted(signal: AbortSignal): AsyncGenerator<ContainerStatus, void, undefined> {
    // Counts from the call, not from the first `next`.
    return this.#restartsAfter(this.#status.restarts, signal);
  }

  async *#restartsAfter(known: number, signal: AbortSignal): AsyncGenerator<ContainerStatus, void, undefined> {
    let restarts = known;
    while (!signal.aborted) {
      const status = this.#status;
      if (status.restarts > restarts && status.state.phase !== 'gone') {
        restarts = status.restarts;
        yield status;
      } else if (this.over) return;
      else await this.changed(status, signal);
    }
  }
}
