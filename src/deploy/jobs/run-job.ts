import type { Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { RunningContainers } from '../../runtime/running-container.ts';
import { settlesWithin } from '../../util/settles-within.ts';
import { checkJob } from './check-job.ts';
import { mayBeFromOutside, ofContainer } from './container-outcome.ts';
import { createJob, leavesNothing, type JobCreation } from './create-job.ts';
import type { JobObject } from './job-object.ts';
import { JobOutput, type ContainerOfJob } from './job-output.ts';

/** Where a job runs. */
export interface JobPlace extends JobCreation {
  readonly running: RunningContainers;
}

/** A job that is to run until its container has ended. */
export interface RunnableJob extends ContainerOfJob {
  readonly object: JobObject;
}

/** How long the pods of a job may take to stop. */
const graceMs = 10_000;
/** One watch reports the job, and another its pod. How long one of them may be behind the other: while it connects again, or while it does not. */
const reconnectsMs = 15_000;
const behindMs = 2_000;

/**
 * Runs a job until its container has ended, writes the output of that container, and removes the job. Other containers of the pod
 * are not waited for. After `atOnce` the job stays. Failures: those of `createJob` and `checkJob`, `exit-nonzero`, `out-of-memory`,
 * `container-failed` (nobody knows how it ended).
 */
export async function runJob(job: RunnableJob, place: JobPlace, work: Work, atOnce: AbortSignal): Promise<Outcome> {
  const { name } = job.object.metadata;
  const made = await createJob(job.object, job.labels, place, work);
  if (made.status !== 'succeeded') return made;
  work.output.observe({ type: 'workload.created', workload: name, runtime: 'kubernetes' });
  await using output = new JobOutput(job, place.running, work, () =>
    work.output.observe({ type: 'workload.started', workload: name }),
  );
  const over = new AbortController();
  const signal = AbortSignal.any([work.signal, over.signal]);
  const checked = checkJob(name, place.cluster, { ...work, signal }, (message) => {
    if (!output.hasStarted) work.output.observe({ type: 'waiting', message });
  });
  let isStopped = true;
  try {
    const outcome = await outcomeOf(job, output, checked, work, atOnce);
    isStopped = outcome.status === 'cancelled';
    return outcome;
  } finally {
    over.abort();
    await Promise.allSettled([checked]);
    if (!atOnce.aborted) {
      await leavesNothing(name, work, async () => await place.remove(made.value, graceMs));
      // The last words of a container that was stopped.
      if (isStopped && output.hasPod) await output.rest(atOnce);
    }
  }
}

async function outcomeOf(
  { container }: RunnableJob,
  output: JobOutput,
  checked: Promise<Outcome>,
  { clock, signal }: Work,
  atOnce: AbortSignal,
): Promise<Outcome> {
  const arrives = async (what: Promise<unknown>, ms: number) => await settlesWithin(what, ms, clock, signal);
  let job = await Promise.race([output.ended.then(() => undefined), checked]);
  if (output.end === undefined) {
    job ??= await checked;
    if (job.status === 'succeeded' || output.hasStarted) await arrives(output.ended, reconnectsMs);
    else if (output.hasPod) await arrives(output.ended, behindMs);
  } else if (job === undefined && mayBeFromOutside(output.end))
    job = (await arrives(checked, behindMs)) ? await checked : undefined;
  const { end } = output;
  if (end !== undefined) await output.rest(atOnce);
  return ofContainer({ container, ...(end && { end }), ...(job && { job }) });
}
