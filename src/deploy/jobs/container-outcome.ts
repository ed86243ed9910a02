import { failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { ContainerEnd } from '../../runtime/running-container.ts';
import { startFailed } from '../../runtime/start-error.ts';

/** How the container of a job ended. */
export interface SeenEnd extends ContainerEnd {
  readonly pod: string;
  /** Its pod was being removed. */
  readonly leaving?: true;
}

/** What is known when a job is over. */
export interface JobFacts {
  readonly container: string;
  /** Absent: nobody saw the container end. */
  readonly end?: SeenEnd;
  /** How the job ended, or why its pod cannot run. Absent: it has not ended. */
  readonly job?: Outcome;
}

/** The exit codes for SIGKILL and SIGTERM, as kubelets report them. */
const killedCodes = [137, 143];
/** Why something else ended a container. */
const outsideCauses: readonly Failure['code'][] = ['not-ready', 'evicted', 'workload-deleted'];

/** Returns the outcome of a container that ran as a job. Its own end says more than its job, unless something else ended it. */
export function ofContainer({ container, end, job }: JobFacts): Outcome {
  const how = { code: 'container-failed', container, part: 'step' } as const;
  if (end === undefined) {
    if (job !== undefined && job.status !== 'succeeded') return job;
    return failed({ ...how, how: 'was never seen to end', detail: 'its Job has ended, so its result is unknown' });
  }
  const isFromOutside = mayBeFromOutside(end);
  if (isFromOutside && job?.status === 'failed' && outsideCauses.includes(job.failure.code)) return job;
  const { exitCode, reason, detail = '', signal } = end;
  if (exitCode === 0) return succeeded(undefined);
  // The command never ran.
  if (reason === 'StartError' || reason === 'ContainerCannotRun') return failed(startFailed(detail));
  if (reason === 'OOMKilled') return failed({ code: 'out-of-memory' });
  if (reason === 'ContainerStatusUnknown')
    return failed({ ...how, how: 'ended', detail: 'its node does not know how: it restarted, or stopped the pod' });
  if (isFromOutside && end.leaving)
    return failed({ code: 'workload-deleted', detail: `pod ${end.pod} was deleted`, by: 'cluster' });
  return failed({ code: 'exit-nonzero', exitCode, ...(signal !== undefined && { signal }) });
}

/** Reports whether something other than the container may have ended it. */
export function mayBeFromOutside({ exitCode, reason, leaving }: SeenEnd): boolean {
  return leaving === true || killedCodes.includes(exitCode) || reason === 'ContainerStatusUnknown';
}
