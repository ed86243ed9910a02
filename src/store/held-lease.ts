import type { RunId } from '../model/ids.ts';
import type { Lease } from './lease.ts';
import { isLeaseSure } from './lease.ts';
import { StoreError } from './store.ts';

export interface HeldLeaseParts {
  readonly run: RunId;
  readonly epoch: number;
  /** Of the takeover, in milliseconds since 1970. */
  readonly heartbeat: number;
  now(): number;
  /** Reads the lease as stored now; `undefined` once the run was removed. Throws where it cannot be read. */
  read(): Lease | undefined;
}

/** The lease of a run as its owner holds it; see `OwnedRun.confirm`. */
export class HeldLease {
  private readonly losing = new AbortController();
  private released = false;
  private heartbeat: number;

  constructor(private readonly parts: HeldLeaseParts) {
    this.heartbeat = parts.heartbeat;
  }

  get lost(): AbortSignal {
    return this.losing.signal;
  }

  confirm(): void {
    const { run, epoch } = this.parts;
    if (this.released) throw new StoreError('not-owner', `this process has released run ${run}`);
    this.lost.throwIfAborted();
    const current = this.epochNow();
    if (current !== epoch) throw this.lose(current);
  }

  /** Notes a heartbeat that was stored. */
  renewed(at: number): void {
    this.heartbeat = at;
  }

  release(): void {
    this.released = true;
  }

  /** @param epoch of the new owner; `undefined`: the run was removed, or nobody knows */
  lose(epoch?: number): StoreError {
    const { run, epoch: own } = this.parts;
    const taken = `was taken over by another process (epoch ${epoch}; this one has ${own})`;
    const by = epoch === undefined ? 'is no longer owned by this process' : taken;
    if (!this.losing.signal.aborted) this.losing.abort(new StoreError('not-owner', `run ${run} ${by}`));
    return this.losing.signal.reason as StoreError;
  }

  /** A lease that cannot be read counts as held for as long as others must respect its last heartbeat. */
  private epochNow(): number | undefined {
    try {
      return this.parts.read()?.epoch;
    } catch {
      return isLeaseSure(this.heartbeat, this.parts.now()) ? this.parts.epoch : undefined;
    }
  }
}
