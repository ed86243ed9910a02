import type { RunId } from '../model/ids.ts';
import type { Lease } from './lease.ts';
import { isLeaseSure } from './lease.ts';
import { StoreError } from './store.ts';

export interface HeldLeaseParts {
  readonly run: RunId;
  readonly epoch: number;
  /** When the run was taken over, in milliseconds since 1970. */
  readonly heartbeat: number;
  now(): number;
  /** Reads the current lease; `undefined` if the run was removed. Throws if it cannot be read. */
  read(): Lease | undefined;
}

/** The lease of a run, as held by its owner; see `OwnedRun.confirm`. */
export class HeldLease {
  readonly #losing = new AbortController();
  #released = false;
  #heartbeat: number;
  readonly #parts: HeldLeaseParts;

  constructor(parts: HeldLeaseParts) {
    this.#parts = parts;
    this.#heartbeat = parts.heartbeat;
  }

  get lost(): AbortSignal {
    return this.#losing.signal;
  }

  confirm(): void {
    const { run, epoch } = this.#parts;
    if (this.#released) throw new StoreError('not-owner', `this process has released run ${run}`);
    this.lost.throwIfAborted();
    const current = this.#epochNow();
    if (current !== epoch) throw this.lose(current);
  }

  /** Records a stored heartbeat. */
  renewed(at: number): void {
    this.#heartbeat = at;
  }

  release(): void {
    this.#released = true;
  }

  /** @param epoch of the new owner; `undefined`: the run was removed, or the owner is unknown */
  lose(epoch?: number): StoreError {
    const { run, epoch: own } = this.#parts;
    const taken = `was taken over by another process (epoch ${epoch}; this one has ${own})`;
    const by = epoch === undefined ? 'is no longer owned by this process' : taken;
    if (!this.#losing.signal.aborted) this.#losing.abort(new StoreError('not-owner', `run ${run} ${by}`));
    return this.#losing.signal.reason as StoreError;
  }

  /** An unreadable lease counts as held while other processes must respect its last heartbeat. */
  #epochNow(): number | undefined {
    try {
      return this.#parts.read()?.epoch;
    } catch {
      return isLeaseSure(this.#heartbeat, this.#parts.now()) ? this.#parts.epoch : undefined;
    }
  }
}
