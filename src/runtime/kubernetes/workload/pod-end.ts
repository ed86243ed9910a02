import type { Failure } from '../../../model/outcome.ts';
import type { Exit } from '../../runtime.ts';
import { isTransient, ApiError } from '../../../clusters/api/api-error.ts';
import { backoffMs } from '../../../clusters/api/retry.ts';
import type { ClusterSession } from '../cluster-session.ts';
import { noSuchCommand } from '../pod/container-failure.ts';
import { endCommand } from '../pod/gate.ts';
import { judgeEnd } from '../pod/judge-end.ts';
import { killedByNode } from '../../../clusters/pods/killed-by-node.ts';
import type { PodFollower } from '../pod/pod-watching.ts';
import type { FirstExchange } from './first-exchange.ts';
import { runInPod } from './helper.ts';
import { withLastLines } from './last-lines.ts';
import { CappedText } from './capped-text.ts';
import { settlesWithin } from '../../../util/settles-within.ts';

/**
 * How long to wait for the cluster's report if the helper's report does not say why. A status takes a second or two.
 */
const reasonMs = 10_000;
/**
 * 128 + SIGKILL and SIGTERM. If Slipway did not send the signal, only the cluster knows why: out of memory, an
 * eviction, a deleted pod.
 */
const fromOutside = [137, 143];

/** What the caller already knows about an end. */
export interface EndSources {
  /** The exchange in which the helper reports the end. */
  readonly exchange?: FirstExchange | undefined;
  /** Reports whether Slipway itself asked the container to end. */
  readonly asked?: () => boolean;
}

/**
 * Returns how a container ends, from the first reliable source. The helper reports the command's end at once. The pod's
 * status and Events arrive up to a second later, but need no helper. Rejects only for bugs.
 * @param stop aborted when no caller needs the result any longer
 */
export async function containerEnd(
  session: ClusterSession,
  pod: string,
  container: string,
  follower: PodFollower,
  stop: AbortSignal,
  { exchange, asked }: EndSources = {},
): Promise<Exit> {
  const enough = new AbortController();
  const signal = AbortSignal.any([enough.signal, stop]);
  const status = endFromStatus(session, pod, container, follower, signal, asked);
  status.catch(() => undefined);
  const told = endFromHelper(session, pod, container, signal, exchange);
  told.catch(() => undefined);
  try {
    const first = await Promise.race([status, told]);
    if (first === undefined) return await status;
    if (!('code' in first) || asked?.() === true) return first;
    const killed = first.code !== 0 && killedByNode(follower.observed, container) !== undefined;
    if (!killed && !fromOutside.includes(first.code)) return first;
    const explained = await settlesWithin(status, reasonMs, session.clock, signal);
    signal.throwIfAborted();
    return explained ? await status : first;
  } catch (error) {
    if (stop.aborted) return { failure: { code: 'workload-deleted', detail: 'the wait was cancelled' } };
    throw error;
  } finally {
    enough.abort();
  }
}

/**
 * Returns the end that the cluster reports, with the last lines of another failed container. The lines of this
 * container are its output.
 */
async function endFromStatus(
  session: ClusterSession,
  pod: string,
  container: string,
  follower: PodFollower,
  signal: AbortSignal,
  asked?: () => boolean,
): Promise<Exit> {
  const exit = await follower.until(
    (observed) => judgeEnd(observed, container, session.clock.now(), asked?.()),
    signal,
  );
  if (!isOfAnother(exit, container)) return exit;
  return { ...exit, failure: await withLastLines(session, pod, exit.failure, signal) };
}

/** Reports whether another container of the pod failed while this one still runs. */
export function isOfAnother(exit: Exit, container: string): exit is Extract<Exit, { readonly failure: Failure }> {
  return 'failure' in exit && exit.failure.code === 'container-failed' && exit.failure.container !== container;
}

/** Returns the end that the helper reports; `undefined` if the helper cannot be asked. */
async function endFromHelper(
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
      if (signal.aborted || (error instanceof ApiError && !isTransient(error))) return undefined;
      if (!isTransient(error)) throw error;
      await session.clock.sleep(backoffMs(tries, Math.random()), signal);
    }
  }
}

async function askForEnd(
  session: ClusterSession,
  pod: string,
  container: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const said = new CappedText();
  const end = await runInPod(session, pod, endCommand(container), { signal, stdout: said.push });
  return 'code' in end && end.code === 0 ? said.text : undefined;
}

/** Parses the gate's note: an exit code, or that there was no such command. */
export function exitOf(noted: string): Exit | undefined {
  const text = noted.trim();
  const failure = noSuchCommand(text);
  if (failure !== undefined) return { failure };
  return /^\d{1,3}$/.test(text) ? { code: Number(text) } : undefined;
}
