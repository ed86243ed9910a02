import type { Observation } from '../../../model/work.ts';
import { isMissing, missingMessage } from '../../../clusters/pods/missing-object.ts';
import { isNetworkTrouble, isVolumeTrouble, volumeMessage } from '../../../clusters/pods/pod-trouble.ts';
import { isFinal, registryMessage } from '../../../clusters/pods/registry-message.ts';
import { unscheduledReason } from '../../../clusters/pods/scheduling.ts';
import type { PodEvent, ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import { warned } from '../../../model/warning.ts';

/**
 * Returns what to show users about a pod, oldest first. Later calls only append, so a caller that has shown n shows the
 * rest. Pulls that fail and are retried are warnings; the last failure is the step's.
 */
export function podObservations({ events }: ObservedPod): readonly Observation[] {
  const told = new Map<string, Observation>();
  for (const event of events) {
    const observation = observed(event);
    if (observation !== undefined)
      told.set(
        `${observation.type} ${'image' in observation ? observation.image : JSON.stringify(observation)}`,
        observation,
      );
  }
  return [...told.values()];
}

function observed({ reason, message }: PodEvent): Observation | undefined {
  const image = imageIn(message);
  if (reason === 'Pulling' && image !== undefined) return { type: 'image.pulling', image };
  if (reason === 'Pulled' && image !== undefined && message.startsWith('Successfully'))
    return { type: 'image.pulled', image };
  if (reason === 'FailedScheduling') {
    const words = unscheduledReason({ events: [{ type: 'Warning', reason, message }] });
    return { type: 'waiting', message: withReason('waiting for a node', words) };
  }
  if (reason === 'TriggeredScaleUp')
    return { type: 'waiting', message: 'waiting for a node: the cluster is adding one' };
  if (reason === 'Failed' && message.startsWith('Failed to pull image')) {
    const words = registryMessage(message);
    return isFinal(words) ? undefined : warned('W085', `${image ?? 'the image'} cannot be pulled, retrying: ${words}`);
  }
  if (reason === 'Failed' && message.startsWith('Error: ') && isMissing(message)) {
    return { type: 'waiting', message: `waiting: ${missingMessage(message.slice('Error: '.length))}` };
  }
  if (isVolumeTrouble({ reason })) return { type: 'waiting', message: `waiting: ${volumeMessage(message)}` };
  if (isNetworkTrouble({ reason }) || reason === 'NodeNotReady') {
    return warned('W090', withReason('the cluster reports a problem with the pod', message));
  }
  return undefined;
}

function imageIn(message: string): string | undefined {
  return /image "([^"]*)"/.exec(message)?.[1];
}

function withReason(what: string, why: string | undefined): string {
  return why === undefined ? what : `${what}: ${why.replace(/[.\s]+$/, '')}`;
}
