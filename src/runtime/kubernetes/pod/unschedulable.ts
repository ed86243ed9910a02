import type { Failure } from '../../../model/outcome.ts';
import { isPlaced, schedulerOf, unscheduledReason } from '../../../clusters/pods/scheduling.ts';
import { settledAt, undecided } from './judgement.ts';
import type { Judgement } from './judgement.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';

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
