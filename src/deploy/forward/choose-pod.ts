import type { Pod } from '../../clusters/pods/pod-types.ts';

export interface PodChoice {
  /** Absent: none can be used now. */
  readonly pod?: Pod;
  /** Why no pod can be used, after the name of the resource. */
  readonly reason: string;
}

/**
 * Returns the pod that new connections go to: the one before as long as it is ready, else the newest one that is. Pure.
 * @param before the name of the pod that was chosen before
 * @param unready a pod that runs is enough
 * @param avoid the names of pods that could not be reached. They are chosen if there is no other
 */
export function choosePod(
  pods: readonly Pod[],
  {
    before,
    unready = false,
    avoid,
  }: {
    readonly before?: string | undefined;
    readonly unready?: boolean;
    readonly avoid?: ReadonlySet<string>;
  } = {},
): PodChoice {
  const ready = pods.filter((pod) => isUsable(pod, unready));
  const others = ready.filter(({ metadata }) => avoid?.has(metadata.name) !== true);
  const usable = others.length > 0 ? others : ready;
  const pod = usable.find(({ metadata }) => metadata.name === before) ?? usable.sort(newestFirst)[0];
  const staying = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined).length;
  const reason = staying === 0 ? 'has no pods' : 'has pods, but none of them is ready';
  return { reason, ...(pod && { pod }) };
}

function isUsable({ metadata, status }: Pod, unready: boolean): boolean {
  if (metadata.deletionTimestamp !== undefined || status?.phase !== 'Running') return false;
  return unready || status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
}

function newestFirst({ metadata: one }: Pod, { metadata: other }: Pod): number {
  const created = (other.creationTimestamp ?? '').localeCompare(one.creationTimestamp ?? '');
  return created !== 0 ? created : one.name.localeCompare(other.name);
}
