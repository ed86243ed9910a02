import { podEvents, statusesOf, currentTrouble, containerIn } from '../../clusters/pods/observed-container.ts';
import type { ObservedPod, PodEvent } from '../../clusters/pods/observed-pod.ts';
import { isNetworkTrouble, isVolumeTrouble, volumeMessage } from '../../clusters/pods/pod-trouble.ts';
import { isPlaced, unscheduledReason } from '../../clusters/pods/scheduling.ts';
import { containerTrouble, type CrashLimits } from './container-troubles.ts';
import type { Trouble } from './trouble.ts';

/** Returns what keeps a pod from being ready, as its status and its Events say it. */
export function podTroubles(observed: ObservedPod, limits: CrashLimits): readonly Trouble[] {
  const { pod } = observed;
  if (pod === undefined) return [];
  const ofPod = podTrouble(observed);
  if (ofPod !== undefined) return [ofPod];
  const { initContainers = [], containers } = pod.spec;
  return [...initContainers, ...containers].flatMap(({ name }) => containerTrouble(observed, name, limits) ?? []);
}

/** Returns what keeps all containers of the pod from starting, or what ended them together. */
function podTrouble(observed: ObservedPod): Trouble | undefined {
  const { reason, message, phase } = observed.pod?.status ?? {};
  // A pod without a reason of its own failed because of its containers.
  if (phase === 'Failed' && reason !== undefined) {
    const detail = message === undefined ? reason : `${reason}: ${tidied(message)}`;
    return { detail, heals: 'maybe', ...(reason === 'Evicted' && { failure: { code: 'evicted', detail } }) };
  }
  if (!isPlaced(observed)) {
    const why = unscheduledReason(observed);
    if (why === undefined) return undefined;
    return { detail: `no node can run it: ${why}`, heals: 'maybe', failure: { code: 'unschedulable', detail: why } };
  }
  const volume = current(observed, isVolumeTrouble);
  if (volume !== undefined) return { detail: volumeMessage(volume.message), heals: 'maybe' };
  const network = current(observed, isNetworkTrouble);
  return (
    network && { detail: `the node cannot create its network: ${sandboxMessage(network.message)}`, heals: 'maybe' }
  );
}

/** Kubelets create containers after all volumes and the network. So an Event or a state of a container ends the trouble. */
function current(observed: ObservedPod, isTrouble: (event: PodEvent) => boolean): PodEvent | undefined {
  if (statusesOf(observed).some(({ state }) => state?.running !== undefined || state?.terminated !== undefined))
    return undefined;
  const event = currentTrouble(observed.events, isTrouble, ({ fieldPath }) => containerIn(fieldPath) !== undefined);
  return event && podEvents(observed).includes(event) ? event : undefined;
}

function sandboxMessage(said: string): string {
  return tidied(said.replace(/^Failed to create pod sandbox: (rpc error: code = \w+ desc = )?/, ''));
}

function tidied(said: string): string {
  return said.trim().replace(/[.\s]+$/, '');
}
