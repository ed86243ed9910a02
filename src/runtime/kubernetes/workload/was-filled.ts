import { labelKeys, type WorkloadRef } from '../../runtime.ts';
import { retryTransient } from '../../../clusters/api/retry.ts';
import type { ClusterSession } from '../cluster-session.ts';
import { hasStarted, statusOf } from '../../../clusters/pods/observed-container.ts';
import { fillContainer } from '../pod/control-volume.ts';
import { startStateCommand } from '../pod/gate.ts';
import { settledAt } from '../pod/judgement.ts';
import type { Judgement } from '../pod/judgement.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import { askPod, hasBegun } from './helper.ts';

/** The cluster has reported a started container by then: kubelets report within about a second. */
const lagMs = 3_000;

/**
 * Reports whether the init container of a pod without gates has been filled. If so, the command starts on its own, and
 * may have started without a report. Only a dead process could have filled it, so the result cannot become true later.
 * Throws what the client throws.
 */
export async function wasFilled(
  session: ClusterSession,
  { name, id, labels }: WorkloadRef,
  signal: AbortSignal,
): Promise<boolean> {
  using follower = session.watcher.follow(name, id, labels[labelKeys.run]);
  const since = session.clock.now();
  const filler = await follower.until((observed) => fillerIn(observed, since, session.clock.now()), signal);
  if (filler !== 'running') return filler === 'filled';
  const answer = await retryTransient(
    session.clock,
    signal,
    async () => await askPod(session, name, startStateCommand(fillContainer), signal, fillContainer),
  );
  // A container that ran and has ended was filled.
  return answer === undefined || hasBegun(answer.text);
}

export type Filler = 'absent' | 'running' | 'filled' | 'failed';

/** Judges how far the filled container is. */
export function fillerIn(observed: ObservedPod, since: number, now: number): Judgement<Filler> {
  const state = statusOf(observed, fillContainer)?.state;
  if (state?.terminated !== undefined) return { settled: state.terminated.exitCode === 0 ? 'filled' : 'failed' };
  if (observed.deleted) return { settled: 'absent' };
  if (hasStarted(observed, fillContainer)) return { settled: 'running' };
  return settledAt(since + lagMs, now, () => 'absent');
}
