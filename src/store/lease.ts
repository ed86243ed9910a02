import type { OwnerIdentity } from './store.ts';

/** What the index keeps about who drives a run. */
export interface Lease {
  readonly owner: OwnerIdentity;
  readonly epoch: number;
  /** Milliseconds since 1970. */
  readonly heartbeat: number;
  /** Let go by its owner, cleanly. */
  readonly released: boolean;
}

/** `undefined`: it cannot be told from here. */
export type IsAlive = (owner: OwnerIdentity) => boolean | undefined;

export const heartbeatEveryMs = 10_000;
const heartbeatTimeoutMs = 60_000;

/**
 * Where the system can tell whether the owner's process lives, that alone decides: a laptop may have slept. Elsewhere
 * the heartbeat decides. A heartbeat ahead of the clock is as dead as an old one: a living owner writes the new time
 * within 10 s after a clock was set back.
 */
export function isLeaseDead(lease: Lease, now: number, isAlive: IsAlive): boolean {
  if (lease.released) return true;
  const alive = isAlive(lease.owner);
  return alive === undefined ? Math.abs(now - lease.heartbeat) > heartbeatTimeoutMs : !alive;
}

/**
 * Reports whether nobody can have taken the lease yet, judged by its last stored heartbeat alone. For owners that
 * cannot read the lease just now. Stricter than `isLeaseDead` by one heartbeat.
 */
export function isLeaseSure(heartbeat: number, now: number): boolean {
  return now >= heartbeat && now - heartbeat < heartbeatTimeoutMs - heartbeatEveryMs;
}
