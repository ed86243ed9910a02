import type { OwnerIdentity } from './store.ts';

/** The index entry about the owner of a run. */
export interface Lease {
  readonly owner: OwnerIdentity;
  readonly epoch: number;
  /** Milliseconds since 1970. */
  readonly heartbeat: number;
  /** The owner released the lease. */
  readonly released: boolean;
}

/** Returns `undefined` if it cannot be known from this process. */
export type IsAlive = (owner: OwnerIdentity) => boolean | undefined;

export const heartbeatEveryMs = 10_000;
const heartbeatTimeoutMs = 60_000;

/**
 * Reports whether the owner is dead. If the system knows whether the owner's process lives, only that counts: a laptop
 * may have slept. Otherwise the heartbeat decides. A heartbeat ahead of the clock counts as old: a living owner writes
 * the new time within 10 s after a clock was set back.
 */
export function isLeaseDead(lease: Lease, now: number, isAlive: IsAlive): boolean {
  if (lease.released) return true;
  const alive = isAlive(lease.owner);
  return alive === undefined ? Math.abs(now - lease.heartbeat) > heartbeatTimeoutMs : !alive;
}

/**
 * Reports whether no other process can have taken the lease yet, judged by its last stored heartbeat alone. For owners
 * that cannot read the lease at the moment. Stricter than `isLeaseDead` by one heartbeat.
 */
export function isLeaseSure(heartbeat: number, now: number): boolean {
  return now >= heartbeat && now - heartbeat < heartbeatTimeoutMs - heartbeatEveryMs;
}
