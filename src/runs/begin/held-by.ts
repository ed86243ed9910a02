import type { OwnerIdentity } from '../../store/store.ts';

/** Says that a living process owns a run. */
export function heldBy({ pid, host }: Pick<OwnerIdentity, 'pid' | 'host'>): {
  readonly status: 'held';
  readonly by: string;
} {
  return { status: 'held', by: `process ${pid} on ${host}` };
}
