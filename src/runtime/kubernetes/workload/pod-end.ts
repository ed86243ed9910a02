import type { Clock } from '../../../model/clock.ts';
import type { Failure } from '../../../model/outcome.ts';
import type { Exit } from '../../runtime.ts';
import { isPassing, ApiError } from '../../../clusters/api/api-error.ts';
import { pauseMs } from '../../../clusters/api/persistence.ts';
import type { ClusterSession } from '../cluster-session.ts';
import { noSuchCommand } from '../pod/container-failure.ts';
import { endCommand } from '../pod/gate.ts';
import { judgeEnd } from '../pod/judge-end.ts';
import { killedByNode } from '../pod/killed-by-node.ts';
import type { PodFollower } from '../pod/pod-news.ts';
import type { FirstExchange } from './first-exchange.ts';
import { runInPod } from './helper.ts';
import { withLastLines } from './last-lines.ts';
import { SaidText } from './said-text.ts';

/** How long the cluster's own word is waited for where ours leaves open why: a status takes a second or two. */
const reasonMs = 10_000;
/**
 * 128 + SIGKILL and SIGTERM. Unless we sent it only the cluster says why: want of memory, an eviction, somebody who
 * deletes the pod.
 */
const fromOutside = [137, 143];

/** What whoever waits for an end knows of it already. */
export interface EndKnowledge {
  /** In which the helper tells it. */
  readonly exchange?: FirstExchange | undefined;
  /** Whether we have asked the container to end ourselves. */
  readonly asked?: () => boolean;
}

/**
 * How a container ends, by the first sure sign of it: the helper's word, which comes with the command's end, or the
 * pod's status and Events, which come up to a second later but also where there is no helper to ask. Never rejects but
 * for a bug of ours.
 * @param stop aborted when nobody wants to know any more
 */
export async function containerEnd(
  session: ClusterSession,
  pod: string,
  container: string,
  follower: PodFollower,
  stop: AbortSignal,
  { exchange, asked }: EndKnowledge = {},
): Promise<Exit> {
  const enough = new AbortController();
  const signal = AbortSignal.any([enough.signal, stop]);
  const status = statusSays(session, pod, container, follower, signal, asked);
  status.catch(() => undefined);
  const told = helperSays(session, pod, container, signal, exchange);
  told.catch(() => undefined);
  try {
    const first = await Promise.race([status, told]);
    if (first === undefined) return await status;
    if (!('code' in first) || asked?.() === true) return first;
    const killed = first.code !== 0 && killedByNode(follower.news, container) !== undefined;
    if (!killed && !fromOutside.includes(first.code)) return first;
    return (await within(session.clock, status, reasonMs, signal)) ?? first;
  } catch (error) {
    if (stop.aborted) return { failure: { code: 'workload-deleted', detail: 'nobody waited for its end any more' } };
    throw error;
  } finally {
    enough.abort();
  }
}

/** What the cluster says, with the last lines of another container that failed: those of this one are its output. */
async function statusSays(
  session: ClusterSession,
  pod: string,
  container: string,
  follower: PodFollower,
  signal: AbortSignal,
  asked?: () => boolean,
): Promise<Exit> {
  const exit = await follower.until((news) => judgeEnd(news, container, session.clock.now(), asked?.()), signal);
  if (!isOfAnother(exit, container)) return exit;
  return { ...exit, failure: await withLastLines(session, pod, exit.failure, signal) };
}

/** Reports whether another container of the pod failed: this one runs on. */
export function isOfAnother(exit: Exit, container: string): exit is Extract<Exit, { readonly failure: Failure }> {
  return 'failure' in exit && exit.failure.code === 'container-failed' && exit.failure.container !== container;
}

/**
 * `undefined`: the helper cannot be asked; never resolves before the status does in that case only because the status
 * is awaited then.
 */
async function helperSays(
  session: ClusterSession,
  pod: string,
  container: string,
  signal: AbortSignal,
  exchange?: FirstExchange,
): Promise<Exit | undefined> {
  for (let tries = 0; ; tries++) {
    try {
      const told = tries === 0 ? await exchange?.ended(signal) : undefined;
      const noted = told ?? (await askForEnd(session, pod, container, signal));
      return noted === undefined ? undefined : exitOf(noted);
    } catch (error) {
      if (signal.aborted || (error instanceof ApiError && !isPassing(error))) return undefined;
      if (!isPassing(error)) throw error;
      await session.clock.sleep(pauseMs(tries, Math.random()), signal);
    }
  }
}

async function askForEnd(
  session: ClusterSession,
  pod: string,
  container: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const said = new SaidText();
  const end = await runInPod(session, pod, endCommand(container), { signal, stdout: said.push });
  return 'code' in end && end.code === 0 ? said.text : undefined;
}

/** What the gate noted: an exit code, or that there was no such command. */
export function exitOf(noted: string): Exit | undefined {
  const text = noted.trim();
  const failure = noSuchCommand(text);
  if (failure !== undefined) return { failure };
  return /^\d{1,3}$/.test(text) ? { code: Number(text) } : undefined;
}

async function within<T>(clock: Clock, promise: Promise<T>, ms: number, signal: AbortSignal): Promise<T | undefined> {
  const enough = new AbortController();
  try {
    return await Promise.race([
      promise,
      clock.sleep(ms, AbortSignal.any([enough.signal, signal])).then(() => undefined),
    ]);
  } finally {
    enough.abort();
  }
}
