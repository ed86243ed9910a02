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
 * architecture.md, "One owner": where the system can tell whether the process lives, that alone decides (a laptop may have
 * slept); elsewhere the heartbeat.
 */
export function isLeaseDead(lease: Lease, now: number, isAlive: IsAlive): boolean {
  if (lease.released) return true;
  const alive = isAlive(lease.owner);
  return alive === undefined ? now - lease.heartbeat > heartbeatTimeoutMs : !alive;
}
