import type { KubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { TriedPod } from '../cluster-trial.ts';
import type { WorkloadSpec } from '../runtime.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { hasStatus } from '../../clusters/api/api-error.ts';
import { podOf } from './pod/pod-specification.ts';
import { isTransientRefusal } from '../../clusters/api/transient-refusal.ts';
import { refusalOf } from './pod/refusal.ts';

/** Where to try a pod. */
export interface PodTrial {
  readonly client: Pick<ClusterClient, 'json'>;
  readonly namespace: string;
  readonly settings: KubernetesSettings;
}

/**
 * Reports whether the namespace would accept the pod of a workload. The pod passes all admission, and nothing is kept
 * (kubernetes.io, "Dry-run"). Only a real pod shows whether a node accepts it. Throws errors that say nothing about the
 * pod.
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
    // A webhook with side effects is not called in a dry run, so the pod was not judged.
    if (hasStatus(error, 400) && /does not support dry run/.test(error.said))
      return { status: 'untried', because: error.said };
    if (isTransientRefusal(error))
      return {
        status: 'untried',
        because: 'the namespace is new, or the cluster is recounting its quotas: run the command again',
      };
    const failure = refusalOf(error, namespace);
    if (failure === undefined) throw error;
    return failure.code === 'runtime-lost'
      ? { status: 'untried', because: failure.detail }
      : { status: 'refused', failure };
  }
}
