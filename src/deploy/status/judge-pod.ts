import type { Pod } from '../../clusters/pods/pod-types.ts';
import { inProgress, notReady, ready, type Standing } from './standing.ts';

/** Judges a pod that no other object controls: it has to become ready, or to complete. */
export function judgePod({ spec, status = {} }: Pod): Standing {
  if (status.phase === 'Succeeded') return ready('completed');
  if (status.phase === 'Failed')
    return notReady([status.reason, status.message].filter((words) => words !== undefined).join(': ') || 'failed');
  if (status.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True'))
    return ready('is ready');
  const readyOnes = (status.containerStatuses ?? []).filter((container) => container.ready === true).length;
  return inProgress(`${readyOnes} of ${spec.containers.length} containers are ready`);
}
