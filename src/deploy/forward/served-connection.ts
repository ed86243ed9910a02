import type { Duplex } from 'node:stream';
import { hasStatus } from '../../clusters/api/api-error.ts';
import { PodPortRefused } from '../../clusters/api/pod-port.ts';
import type { Clock } from '../../model/clock.ts';
import { joinStreams } from '../../util/join-streams.ts';
import { onAbort } from '../../util/abort.ts';
import { EarlyBytes } from './early-bytes.ts';
import type { Target } from './followed-resource.ts';

/** Where connections to one port go. */
export interface Route {
  target(avoid: ReadonlySet<string>): Target;
  /** Resolves after the next change of `target`, and on the signal. */
  changed(signal: AbortSignal): Promise<void>;
  /** Connects to the port. Throws the client's errors. */
  open(target: Exclude<Target, { readonly reason: string }>, signal: AbortSignal): Promise<Duplex>;
}

export interface ConnectionLimits {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long a connection may wait for a pod that takes it, in milliseconds. */
  readonly waitMs: number;
}

/** The pause between two tries, in milliseconds, unless something changes before. */
const pauseMs = 500;

/**
 * Joins a connection with a pod. While no pod takes it, it waits, and what was sent is kept. Never rejects.
 * @param near paused
 * @returns why it was closed without an answer, after the name of the resource; `undefined` if it was answered, or if
 * its client closed it
 */
export async function serveConnection(
  near: Duplex,
  route: Route,
  { clock, signal, waitMs }: ConnectionLimits,
): Promise<string | undefined> {
  const ending = new AbortController();
  using _listener = onAbort(signal, () => ending.abort());
  near.once('close', () => ending.abort());
  const until = clock.now() + waitMs;
  const early = new EarlyBytes(near);
  const unreachable = new Set<string>();
  let why = '';
  while (!ending.signal.aborted) {
    const target = route.target(unreachable);
    if ('reason' in target) {
      why = target.reason;
      if (target.isMistake) break;
    } else {
      const end = await tryOnce(target, { near, route, early, signal: ending.signal });
      if (end === 'joined') return undefined;
      unreachable.add(target.pod);
      why = end.why;
      if (end.isFinal) break;
    }
    if (clock.now() >= until) break;
    await pause(route, 'reason' in target ? until - clock.now() : pauseMs, clock, ending.signal);
  }
  const wasClosed = ending.signal.aborted;
  near.destroy();
  return wasClosed ? undefined : why;
}

interface Unanswered {
  readonly why: string;
  /** Another try could have its effect twice, or cannot help. */
  readonly isFinal: boolean;
}

async function tryOnce(
  target: Exclude<Target, { readonly reason: string }>,
  {
    near,
    route,
    early,
    signal,
  }: { readonly near: Duplex; readonly route: Route; readonly early: EarlyBytes; readonly signal: AbortSignal },
): Promise<'joined' | Unanswered> {
  let far: Duplex;
  try {
    far = await route.open(target, signal);
  } catch (error) {
    return { why: `cannot be reached by pod ${target.pod}: ${said(error)}`, isFinal: hasStatus(error, 401, 403) };
  }
  const error = await early.sendTo(far, signal);
  if (error === undefined) {
    early.release();
    joinStreams(near, far);
    return 'joined';
  }
  far.destroy();
  const isUntaken = early.isEmpty || (error instanceof PodPortRefused && wasNotConnected(error.message));
  const where = `port ${target.port} of pod ${target.pod}`;
  const nothing = error instanceof PodPortRefused && /connection refused/i.test(error.message);
  return {
    why: nothing ? `is there, but nothing listens on ${where}` : `does not answer on ${where}: ${said(error)}`,
    isFinal: !isUntaken,
  };
}

/** What nodes say if they could not connect to the port, so that nobody got what was sent. */
function wasNotConnected(text: string): boolean {
  return /refused|failed to (?:dial|connect)|not (?:found|running)|no such (?:process|container)|sandbox/i.test(text);
}

function said(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

/** Waits for a change, but not longer than this. */
async function pause(route: Route, ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  using _listener = onAbort(signal, () => enough.abort());
  clock.sleep(Math.max(ms, 1), enough.signal).then(
    () => enough.abort(),
    () => undefined,
  );
  await route.changed(enough.signal);
  enough.abort();
}
