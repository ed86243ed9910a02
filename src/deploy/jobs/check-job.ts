import { collectionPath } from '../../clusters/api/api-resource.ts';
import { lostAfterMs } from '../../clusters/api/retry.ts';
import { jobResource } from '../../clusters/job-resource.ts';
import { failed, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import { shownObject } from '../kubernetes-object.ts';
import { judgeJobEnd, type Job } from '../status/judge-job.ts';
import { inProgress, type Standing } from '../status/standing.ts';
import { StatusWait } from '../status/status-wait.ts';
import { jobFailure } from './job-failure.ts';
import type { Verdict } from '../status/verdict.ts';
import type { WaitedKind } from '../status/waited-kinds.ts';

/** How long a pod may be unable to start for a reason that may pass: a registry that is away, no room on any node. */
const patienceMs = 300_000;

/**
 * Waits until a Job has ended, or its pod cannot run. Failures: `image-unavailable`, `start-failed`, `unschedulable`, `evicted`,
 * `workload-deleted`, `not-ready` (of a cause that `ObjectProblem` names), `forbidden`, `runtime-lost`.
 * @param onWaiting called with each new reason why no container has started
 */
export async function checkJob(
  name: string,
  { client, namespace }: TargetCluster,
  work: Work,
  onWaiting: (why: string) => void,
): Promise<Outcome> {
  const { apiVersion, kind: kindName } = jobResource;
  const object = { apiVersion, kind: kindName, name, namespace, change: 'created' as const };
  const kind: WaitedKind = { plural: jobResource.plural, isInNamespace: true, judge, pods: 'attempts' };
  const resource = { object, kind, path: collectionPath(jobResource, namespace), namespace };
  let verdict: Verdict = inProgress('');
  const onVerdict = (found: Verdict) => {
    verdict = found;
    if (found.status === 'inProgress' && found.message !== '') onWaiting(found.message);
  };
  // Only the job says how often its pods may fail.
  const limits = { tolerate: false, restarts: 0, patienceMs, lostAfterMs, failureOf: jobFailure };
  const outcome = await new StatusWait([resource], { client, ...limits, onVerdict }, work).run();
  if (outcome.status !== 'failed' || outcome.failure.code !== 'not-ready') return outcome;
  const [problem] = outcome.failure.problems;
  if (problem === undefined || verdict.status !== 'failed') return outcome;
  if (verdict.failure !== undefined) return failed(verdict.failure);
  if (verdict.cause !== undefined) return outcome;
  const lines = [`${shownObject(object)}: ${problem.detail}`, ...(problem.lines ?? [])];
  return failed({ code: 'start-failed', detail: lines.join('\n') });
}

/** Another program may suspend a Job until there is room for it (kubernetes.io, "Jobs", "Suspending a Job"). */
function judge(object: object): Standing {
  const job = object as Job;
  return judgeJobEnd(job) ?? inProgress(job.spec?.suspend === true ? 'another program has suspended the Job' : '');
}
