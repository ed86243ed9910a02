import { collectionPath } from '../../clusters/api/api-resource.ts';
import { Creation, NameTaken } from '../../clusters/api/creation.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import { withCleanupTimeout } from '../../clusters/api/cleanup-timeout.ts';
import { jobResource } from '../../clusters/job-resource.ts';
import { failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { ContainerEnd, RunningContainer, RunningContainers } from '../../runtime/running-container.ts';
import { RuntimeRefused } from '../../runtime/runtime-refused.ts';
import type { Runtime, WorkloadRef } from '../../runtime/runtime.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import { settlesWithin } from '../../util/settles-within.ts';
import { clusterFailure } from '../cluster-failure.ts';
import { problemOf } from '../cluster/problem-of.ts';
import { shownObject } from '../kubernetes-object.ts';
import type { JobObject } from './job-object.ts';
import { clusterStatusCheck } from '../status/cluster-status-check.ts';

/** Where a job runs. */
export interface JobPlace extends Pick<Runtime, 'remove'> {
  readonly cluster: TargetCluster;
  readonly running: RunningContainers;
}

/** A job that is to run to its end. */
export interface RunnableJob {
  readonly object: JobObject;
  /** Its labels distinguish its pods from all others. */
  readonly labels: Readonly<Record<string, string>>;
  /** The container whose output and exit code count. */
  readonly container: string;
}

/** How long the pods of a cancelled job may take to stop. */
const graceMs = 10_000;
/** How long to wait for the rest of the output after the end of a job, or for its pods after its removal. */
const restMs = 15_000;
/** How long a pod may be unable to start for a reason that may pass: a registry that is away, no room on any node. */
const patienceMs = 300_000;
/** The step's own timeout ends the wait, so this is only the longest time of a timer. */
const neverMs = 2 ** 31 - 1;

/**
 * Runs a job until it has ended, writes the output of its container, and removes it. After `atOnce` the job stays. Failures:
 * `exit-nonzero`, `not-ready` (the pod cannot run), `apply-failed`, `forbidden`, `runtime-lost`, `workload-deleted`.
 */
export async function runJob(job: RunnableJob, place: JobPlace, work: Work, atOnce: AbortSignal): Promise<Outcome> {
  const { name } = job.object.metadata;
  const made = await create(job, place, work);
  if (made.status !== 'succeeded') return made;
  const ref: WorkloadRef = { ...made.value, labels: job.labels };
  work.output.observe({ type: 'workload.created', workload: name, runtime: 'kubernetes' });
  const following = new AbortController();
  const output = new JobOutput(job, place.running, work, AbortSignal.any([following.signal, atOnce]));
  let outcome: Outcome | undefined;
  try {
    outcome = await ended(job, place, work);
    // A container that never ran has no output.
    if (outcome.status === 'succeeded' || output.end !== undefined)
      await settlesWithin(output.ended, restMs, work.clock, work.signal);
    return ofContainer(outcome, output.end, job);
  } finally {
    if (!atOnce.aborted) {
      const isStopped = outcome === undefined || outcome.status === 'cancelled';
      await remove(ref, place, work, isStopped ? graceMs : 0);
      // The last words of a container that was stopped.
      if (isStopped) await settlesWithin(output.ended, restMs, work.clock, atOnce);
    }
    following.abort();
    await output.ended;
  }
}

async function create(
  { object }: RunnableJob,
  { cluster: { client, namespace }, remove: removeRef }: JobPlace,
  { signal, clock, output }: Work,
): Promise<Outcome<Omit<WorkloadRef, 'labels'>>> {
  const creation = new Creation(client, clock, collectionPath(jobResource, namespace), object);
  const { name } = object.metadata;
  const refTo = (id = '') => ({ runtime: 'kubernetes', id, name, state: 'running' as const });
  try {
    const { metadata } = await retryTransient(clock, signal, async () => await creation.attempt(signal));
    return succeeded(refTo(metadata.uid));
  } catch (error) {
    // A lost response: the cluster may have created it.
    const there = await withCleanupTimeout(clock, async (until) => await creation.made(until)).catch(() => undefined);
    if (there !== undefined)
      await removeRef({ ...refTo(there.metadata.uid), labels: object.metadata.labels ?? {} }, 0).catch(
        (left: unknown) => output.observe({ type: 'workload.left', workload: name, detail: String(left) }),
      );
    signal.throwIfAborted();
    const failure = refusal(error, object, namespace);
    if (failure === undefined) throw error;
    return failed(failure);
  }
}

function refusal(error: unknown, object: RunnableJob['object'], namespace: string): Failure | undefined {
  const shown = shownObject({ ...object, name: object.metadata.name });
  if (error instanceof NameTaken)
    return { code: 'internal', name: 'NameTaken', message: `${shown} exists in the namespace ${namespace}` };
  const problem = problemOf(error);
  if (problem === undefined || problem.cause === 'forbidden') return clusterFailure(error);
  return { code: 'apply-failed', problems: [{ object: shown, namespace, ...problem }] };
}

/** Waits for the end of the job, or until its pod cannot run. */
async function ended({ object }: RunnableJob, { cluster }: JobPlace, work: Work): Promise<Outcome> {
  const { apiVersion, kind, metadata } = object;
  const { name } = metadata;
  const check = clusterStatusCheck({ target: cluster, deadlineMs: neverMs, patienceMs });
  const deployed = { apiVersion, kind, name, namespace: cluster.namespace, change: 'created' as const };
  // The job is not a deployed resource: what it waits for is shown only until the container starts.
  const observe: Work['output']['observe'] = (fact) => {
    if (fact.type !== 'resource.status') return work.output.observe(fact);
    const message = fact.message.replace(/^\d+ of \d+ pods have completed(?:, \d+ failed[^:]*)?(?:: )?/, '');
    if (fact.status === 'inProgress' && message !== '') work.output.observe({ type: 'waiting', message });
  };
  const { output } = work;
  const quiet = { write: output.write.bind(output), lost: output.lost.bind(output), observe };
  return await check.wait([deployed], { ...work, output: quiet });
}

/** Returns what happened to the container: that says more than its job. */
function ofContainer(outcome: Outcome, end: ContainerEnd | undefined, { object }: RunnableJob): Outcome {
  if (outcome.status !== 'failed' || outcome.failure.code !== 'not-ready') return outcome;
  // `StartError`, `ContainerCannotRun`: the command never ran.
  const hasRun = end !== undefined && end.exitCode !== 0 && ['Error', 'OOMKilled', undefined].includes(end.reason);
  if (hasRun && end.reason === 'OOMKilled') return failed({ code: 'out-of-memory' });
  if (hasRun)
    return failed({
      code: 'exit-nonzero',
      exitCode: end.exitCode,
      ...(end.signal !== undefined && { signal: end.signal }),
    });
  const [problem] = outcome.failure.problems;
  if (problem === undefined || problem.cause !== undefined) return outcome;
  const [, image, why] = /: the image (\S+) cannot be pulled: (.*)$/s.exec(problem.detail) ?? [];
  if (image !== undefined && why !== undefined)
    return failed({ code: 'image-unavailable', image, detail: why, by: 'cluster' });
  const detail = `${shownObject({ ...object, name: object.metadata.name })}: ${problem.detail}`;
  return end === undefined || problem.detail.includes('cannot run')
    ? failed({ code: 'start-failed', detail })
    : outcome;
}

async function remove(
  ref: WorkloadRef,
  place: Pick<JobPlace, 'remove'>,
  { output }: Pick<Work, 'output'>,
  grace: number,
): Promise<void> {
  try {
    await place.remove(ref, grace);
  } catch (error) {
    if (!(error instanceof RuntimeRefused)) throw error;
    output.observe({ type: 'workload.left', workload: ref.name, detail: error.message });
  }
}

/** Follows the output and the end of the container of a job. */
class JobOutput {
  /** Resolves when the container has ended and its output is written, or after the signal. Never rejects. */
  readonly ended: Promise<void>;
  #container: RunningContainer | undefined;

  constructor(job: RunnableJob, running: RunningContainers, work: Work, signal: AbortSignal) {
    this.ended = this.#follow(job, running, work, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    this.ended.catch(() => undefined);
  }

  /** How the container ended, if it has. */
  get end(): ContainerEnd | undefined {
    const state = this.#container?.status().state;
    return state?.phase === 'ended' ? state : undefined;
  }

  async #follow(
    { labels, container }: RunnableJob,
    running: RunningContainers,
    { output }: Work,
    signal: AbortSignal,
  ): Promise<void> {
    const found = running.watch({ labels, container }, signal);
    for await (const change of found) {
      if (change.change !== 'appeared') continue;
      this.#container = change.container;
      for await (const chunk of change.container.logs({}, signal))
        if ('lost' in chunk) output.lost(chunk.stream, chunk.lost);
        else {
          const stored = output.write(chunk.stream, chunk.bytes);
          if (stored !== undefined) await stored;
        }
      // There is one pod: a job of Slipway tries it once.
      return;
    }
  }
}
