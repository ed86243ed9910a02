import { collectionPath, objectPath } from '../../../clusters/api/api-resource.ts';
import { hasStatus } from '../../../clusters/api/api-error.ts';
import { withCleanupTimeout } from '../../../clusters/api/cleanup-timeout.ts';
import { retryTransient } from '../../../clusters/api/retry.ts';
import { jobNameLabel, jobResource } from '../../../clusters/job-resource.ts';
import { labelSelectorOf } from '../../../clusters/api/selectors.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';
import { labelKeys, type Labels, type WorkloadRef } from '../../runtime.ts';
import type { ClusterSession } from '../cluster-session.ts';
import { jobLabel } from '../../job-label.ts';

interface ListedJob {
  readonly metadata: {
    readonly name: string;
    readonly uid?: string;
    readonly labels?: Labels;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
  };
  readonly status?: { readonly completionTime?: string; readonly failed?: number };
}

/** Reports whether a workload is a job. */
export function isJob({ labels }: Pick<WorkloadRef, 'labels'>): boolean {
  return labels[jobLabel.key] === jobLabel.value;
}

/**
 * Returns the jobs of steps with all these labels. None if this account may not list jobs: then it has created none, because it
 * needs to watch those. Throws the client's errors.
 */
export async function findJobs(
  { client, clock, namespace }: Pick<ClusterSession, 'client' | 'clock' | 'namespace'>,
  labels: Labels,
  signal: AbortSignal,
): Promise<readonly WorkloadRef[]> {
  const labelSelector = labelSelectorOf({ ...labels, [jobLabel.key]: jobLabel.value });
  try {
    const { items } = await retryTransient(
      clock,
      signal,
      async () =>
        await client.json<{ readonly items: readonly ListedJob[] }>('GET', collectionPath(jobResource, namespace), {
          query: { labelSelector },
          signal,
        }),
    );
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(refOf);
  } catch (error) {
    if (hasStatus(error, 403, 404)) return [];
    throw error;
  }
}

function refOf({ metadata, status = {} }: ListedJob): WorkloadRef {
  const { name, uid = '', labels = {}, creationTimestamp } = metadata;
  const hasEnded = status.completionTime !== undefined || (status.failed ?? 0) > 0;
  return {
    ...{ runtime: 'kubernetes', id: uid, name, state: hasEnded ? 'exited' : 'running' },
    labels: Object.fromEntries(Object.entries(labels).filter(([key]) => key.startsWith('slipway.dev/'))),
    ...(creationTimestamp !== undefined && { createdAt: Date.parse(creationTimestamp) }),
  };
}

/**
 * Removes a job and its pods. Not an error if it is gone. Throws the client's errors.
 * @param graceMs how long the pods may take to stop. 0: they are killed
 */
export async function removeJob(
  { client, clock, namespace }: Pick<ClusterSession, 'client' | 'clock' | 'namespace'>,
  { name, id, labels }: Pick<WorkloadRef, 'name' | 'id' | 'labels'>,
  graceMs: number,
): Promise<void> {
  const common = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
  const ofPod = { ...common, gracePeriodSeconds: Math.ceil(graceMs / 1_000) };
  await withCleanupTimeout(clock, async (signal) => {
    const remove = async (path: string, body: object) =>
      await retryTransient(clock, signal, async () => {
        try {
          await client.json('DELETE', path, { body, signal });
        } catch (error) {
          // 409: another object has the name.
          if (!hasStatus(error, 404, 409)) throw error;
        }
      });
    // First the job, which would replace its pods. The cluster removes pods without their job, but takes its time.
    await remove(objectPath(jobResource, name, namespace), {
      ...common,
      ...(id !== '' && { preconditions: { uid: id } }),
    });
    const { items } = await retryTransient(
      clock,
      signal,
      async () =>
        await client.json<{ readonly items: readonly Pod[] }>('GET', `/api/v1/namespaces/${namespace}/pods`, {
          query: { labelSelector: labelSelectorOf({ [jobNameLabel]: name }) },
          signal,
        }),
    );
    for (const { metadata } of items)
      if (metadata.labels?.[labelKeys.step] === labels[labelKeys.step])
        await remove(`/api/v1/namespaces/${namespace}/pods/${metadata.name}`, ofPod);
  });
}
