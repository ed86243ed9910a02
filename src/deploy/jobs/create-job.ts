import { collectionPath } from '../../clusters/api/api-resource.ts';
import { withCleanupTimeout } from '../../clusters/api/cleanup-timeout.ts';
import { Creation, NameTaken } from '../../clusters/api/creation.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import { jobResource } from '../../clusters/job-resource.ts';
import { failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { Runtime, WorkloadRef } from '../../runtime/runtime.ts';
import { RuntimeRefused } from '../../runtime/runtime-refused.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import { problemOf } from '../cluster/problem-of.ts';
import { shownObject } from '../kubernetes-object.ts';
import { jobFailure } from './job-failure.ts';
import type { JobObject } from './job-object.ts';

/** Where a job is created, and how it is removed. */
export interface JobCreation extends Pick<Runtime, 'remove'> {
  readonly cluster: TargetCluster;
}

/**
 * Creates a job. Leaves nothing behind unless it succeeds; what may be left is observed (`workload.left`). Failures: `apply-failed`,
 * `forbidden`, `runtime-lost`, `unsupported`. Throws the reason of the signal.
 * @param labels of Slipway
 */
export async function createJob(
  object: JobObject,
  labels: WorkloadRef['labels'],
  place: JobCreation,
  work: Work,
): Promise<Outcome<WorkloadRef>> {
  const { client, namespace } = place.cluster;
  const { signal, clock } = work;
  const creation = new Creation(client, clock, collectionPath(jobResource, namespace), object);
  const { name } = object.metadata;
  const refTo = (id = ''): WorkloadRef => ({ runtime: 'kubernetes', id, name, state: 'running', labels });
  try {
    const { metadata } = await retryTransient(clock, signal, async () => await creation.attempt(signal));
    return succeeded(refTo(metadata.uid));
  } catch (error) {
    // A lost response: the cluster may have created it.
    await leavesNothing(name, work, async () => {
      const there = await withCleanupTimeout(clock, async (until) => await creation.made(until));
      if (there !== undefined) await place.remove(refTo(there.metadata.uid), 0);
    });
    signal.throwIfAborted();
    const failure = refusal(error, object, namespace);
    if (failure === undefined) throw error;
    return failed(failure);
  }
}

/**
 * Removes a job. Observes `workload.left` if the cluster does not answer or refuses.
 * @param remove throws the client's errors or `RuntimeRefused`
 */
export async function leavesNothing(
  name: string,
  { output }: Pick<Work, 'output'>,
  remove: () => Promise<void>,
): Promise<void> {
  try {
    await remove();
  } catch (error) {
    const failure = error instanceof RuntimeRefused ? error.failure : jobFailure(error);
    if (failure === undefined) throw error;
    const detail = failure.code === 'forbidden' ? failure.detail : (error as Error).message;
    output.observe({ type: 'workload.left', workload: name, detail });
  }
}

function refusal(error: unknown, object: JobObject, namespace: string): Failure | undefined {
  const shown = shownObject({ ...object, name: object.metadata.name });
  if (error instanceof NameTaken)
    return { code: 'internal', name: 'NameTaken', message: `${shown} exists in the namespace ${namespace}` };
  const problem = problemOf(error);
  if (problem === undefined || problem.cause === 'forbidden') return jobFailure(error);
  return { code: 'apply-failed', problems: [{ object: shown, namespace, ...problem }] };
}
