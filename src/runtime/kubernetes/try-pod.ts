import type { KubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { Failure } from '../../model/outcome.ts';
import type { WorkloadSpec } from '../runtime.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { hasStatus } from '../../clusters/api/api-error.ts';
import { podOf } from './pod/pod-specification.ts';
import { mayBeTakenSoon, refusalOf } from './pod/refusal.ts';

export type TriedPod =
  | { readonly status: 'taken' }
  | { readonly status: 'refused'; readonly failure: Failure }
  /** Nobody can tell, in a sentence. */
  | { readonly status: 'untried'; readonly because: string };

/** Where a pod is offered. */
export interface PodTrial {
  readonly client: Pick<ClusterClient, 'json'>;
  readonly namespace: string;
  readonly settings: KubernetesSettings;
}

/**
 * Whether the namespace would take the pod of a workload: it passes all admission, and nothing is kept of it
 * (kubernetes.io, "Dry-run"). Whether a node would, only a real one tells. Throws what means nothing for a pod.
 */
export async function tryPod(
  { client, namespace, settings }: PodTrial,
  workload: WorkloadSpec,
  signal: AbortSignal,
): Promise<TriedPod> {
  try {
    const body = podOf(workload, settings, { form: 'gated' });
    const query = { dryRun: 'All' };
    await client.json('POST', `/api/v1/namespaces/${namespace}/pods`, { query, body, signal, harmless: true });
    return { status: 'taken' };
  } catch (error) {
    signal.throwIfAborted();
    // One that has effects of its own is not asked then, and the pod not judged.
    if (hasStatus(error, 400) && /does not support dry run/.test(error.said))
      return { status: 'untried', because: error.said };
    if (mayBeTakenSoon(error))
      return {
        status: 'untried',
        because: 'the namespace is new, or its quotas are being counted just now: ask again',
      };
    const failure = refusalOf(error, namespace);
    if (failure === undefined) throw error;
    return failure.code === 'runtime-lost'
      ? { status: 'untried', because: failure.detail }
      : { status: 'refused', failure };
  }
}
