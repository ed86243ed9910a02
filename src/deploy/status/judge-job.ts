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

/**
 * Judges whether a Job has done its work. A suspended Job is not waited for. `FailureTarget` says that a Job will fail, before its
 * pods have ended (kubernetes.io, "Jobs", "Terminal Job conditions").
 */
export function judgeJob({ spec = {}, status = {} }: Job): Standing {
  const { conditions, succeeded = 0, failed = 0 } = status;
  if (trueCondition(conditions, 'Complete')) return ready('completed');
  const failure = trueCondition(conditions, 'Failed') ?? trueCondition(conditions, 'FailureTarget');
  if (failure)
    return {
      status: 'failed',
      message: (failure.message ?? failure.reason ?? 'failed').replace(/^Job /, ''),
      ...(failure.reason === 'DeadlineExceeded' && { cause: 'deadline' }),
    };
  if (spec.suspend === true) return ready('is suspended');
  const failures = failed === 0 ? '' : `, ${failed} failed (backoffLimit ${spec.backoffLimit ?? 6})`;
  return inProgress(`${succeeded} of ${spec.completions ?? 1} pods have completed${failures}`);
}
