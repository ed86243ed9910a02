import { inProgress, ready, type Standing } from './standing.ts';
import { trueCondition, type Condition, type WatchedObject } from './watched-object.ts';

/** The fields of a Job that are used (batch/v1). */
export interface Job extends WatchedObject {
  readonly spec?: {
    readonly suspend?: boolean;
    readonly completions?: number;
    readonly backoffLimit?: number;
  };
  readonly status?: {
    readonly active?: number;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** Judges whether a Job has done its work. A suspended Job is not waited for. */
export function judgeJob(job: Job): Standing {
  const { spec = {}, status: { succeeded = 0, failed = 0 } = {} } = job;
  const end = judgeJobEnd(job);
  if (end !== undefined) return end;
  if (spec.suspend === true) return ready('is suspended');
  const failures = failed === 0 ? '' : `, ${failed} failed (backoffLimit ${spec.backoffLimit ?? 6})`;
  return inProgress(`${succeeded} of ${spec.completions ?? 1} pods have completed${failures}`);
}

/**
 * Judges how a Job has ended; `undefined` if it has not. `FailureTarget` says that a Job will fail, before its pods have ended
 * (kubernetes.io, "Jobs", "Terminal Job conditions").
 */
export function judgeJobEnd({ status: { conditions } = {} }: Job): Standing | undefined {
  if (trueCondition(conditions, 'Complete')) return ready('completed');
  const failure = trueCondition(conditions, 'Failed') ?? trueCondition(conditions, 'FailureTarget');
  if (failure === undefined) return undefined;
  return {
    status: 'failed',
    message: (failure.message ?? failure.reason ?? 'failed').replace(/^Job /, ''),
    ...(failure.reason === 'DeadlineExceeded' && { cause: 'deadline' }),
  };
}
