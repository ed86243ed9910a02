import { labelKeys, type WorkloadRef } from '../../runtime.ts';
import { persistently } from '../../../clusters/api/persistence.ts';
import type { ClusterSession } from '../cluster-session.ts';
import { hasStarted, statusOf } from '../pod/container-news.ts';
import { fillContainer } from '../pod/control-volume.ts';
import { beganCommand } from '../pod/gate.ts';
import { settledAt } from '../pod/judgement.ts';
import type { Judgement, PodNews } from '../pod/pod-news.ts';
import { askPod, hasBegun } from './helper.ts';

/** By then the cluster has told of a container that has started: kubelets report within a second or so. */
const lagMs = 3_000;

/**
 * Whether the init container of a pod without gates has been filled: then what comes behind it begins by itself, and
 * may have begun though nothing is said of that yet. Only a process that is gone could have filled it, so this cannot
 * become true meanwhile. Throws what the client throws.
 */
export async function wasFilled(
  session: ClusterSession,
  { name, id, labels }: WorkloadRef,
  signal: AbortSignal,
): Promise<boolean> {
  using follower = session.watcher.follow(name, id, labels[labelKeys.run]);
  const since = session.clock.now();
  const filler = await follower.until((news) => fillerIn(news, since, session.clock.now()), signal);
  if (filler !== 'running') return filler === 'filled';
  const answer = await persistently(
    session.clock,
    signal,
    async () => await askPod(session, name, beganCommand(fillContainer), signal, fillContainer),
  );
  // One that ran and does not any more has been let go.
  return answer === undefined || hasBegun(answer.text);
}

export type Filler = 'absent' | 'running' | 'filled' | 'failed';

/** How far the filled container is, once that is known. */
export function fillerIn(news: PodNews, since: number, now: number): Judgement<Filler> {
  const state = statusOf(news, fillContainer)?.state;
  if (state?.terminated !== undefined) return { settled: state.terminated.exitCode === 0 ? 'filled' : 'failed' };
  if (news.deleted) return { settled: 'absent' };
  if (hasStarted(news, fillContainer)) return { settled: 'running' };
  return settledAt(since + lagMs, now, () => 'absent');
}
