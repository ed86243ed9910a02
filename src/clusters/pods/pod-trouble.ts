import { isMissing, missingMessage } from './missing-object.ts';
import type { PodEvent } from './observed-pod.ts';

export function isVolumeTrouble({ reason }: Pick<PodEvent, 'reason'>): boolean {
  return ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume'].includes(reason);
}

export function isNetworkTrouble({ reason }: Pick<PodEvent, 'reason'>): boolean {
  return ['FailedCreatePodSandBox', 'NetworkNotReady'].includes(reason);
}

/** Returns why a volume is not available, from an Event's message. */
export function volumeMessage(said: string): string {
  const volume = /for volume "([^"]*)"\s*:\s*(.*)$/s.exec(said);
  const why = (volume?.[2] ?? said).trim();
  return `the volume ${volume ? `"${volume[1]}"` : 'of the pod'} is not available: ${isMissing(why) ? missingMessage(why) : why}`;
}
