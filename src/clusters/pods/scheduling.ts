import { podEvents } from './observed-container.ts';
import type { ObservedPod } from './observed-pod.ts';

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
