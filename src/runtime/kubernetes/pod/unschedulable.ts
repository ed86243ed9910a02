import type { Failure } from '../../../model/outcome.ts';
import { podEvents } from './observed-container.ts';
import { settledAt, undecided } from './judgement.ts';
import type { Judgement, ObservedPod } from './observed-pod.ts';

/** Judges whether no node accepts the pod within the grace period. */
export function unschedulable(
  observed: ObservedPod,
  at: { readonly now: number; readonly createdAt: number; readonly afterMs: number },
): Judgement<Failure> {
  if (isPlaced(observed)) return undecided;
  return settledAt(at.createdAt + at.afterMs, at.now, () => {
    const why = unscheduledReason(observed) ?? `no scheduler called ${schedulerOf(observed)} has picked up the pod`;
    return {
      code: 'unschedulable',
      detail: `${why} (waited ${at.afterMs / 1_000} s: \`kubernetes.unschedulableAfter\`)`,
    };
  });
}

/** Returns the scheduler of a pod. The default is `default-scheduler` (core/v1, `PodSpec.schedulerName`). */
export function schedulerOf({ pod }: ObservedPod): string {
  const name = pod?.spec['schedulerName'];
  return typeof name === 'string' ? name : 'default-scheduler';
}

export function isPlaced(observed: ObservedPod): boolean {
  return observed.pod?.spec.nodeName !== undefined || podEvents(observed).some(({ reason }) => reason === 'Scheduled');
}

/** Returns why no node accepts the pod so far; `undefined` if nothing says so. */
export function unscheduledReason(observed: ObservedPod): string | undefined {
  const condition = observed.pod?.status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  const said =
    condition?.message ??
    podEvents(observed).findLast(({ reason }) => reason === 'FailedScheduling')?.message ??
    condition?.reason;
  return said === undefined ? undefined : tidied(said);
}

/** Drops the scheduler's note on preemption, which does not help users. */
function tidied(said: string): string {
  return said.replace(/[.,]?\s*(no new claims to deallocate,?\s*)?preemption: .*$/s, '').replace(/[.\s]+$/, '');
}
