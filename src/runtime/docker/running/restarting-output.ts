import type { Clock } from '../../../model/clock.ts';
import type { Cursor, Stream } from '../../../model/work.ts';
import type { LogChunk } from '../../running-container.ts';
import type { StatusFeed } from '../../status-feed.ts';
import { EngineClosed, EngineError, EngineLost, hasStatus, isNotFound } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { replacedDetail, replacement } from '../workload/container-output.ts';
import { LogReading, type LogCursors } from '../workload/log-reading.ts';

export interface RestartingSource {
  readonly session: EngineSession;
  readonly id: string;
  readonly tty: boolean;
  readonly feed: StatusFeed;
}

const againAfterMs = 100;
const longestPauseMs = 5_000;
/** Reading again takes at most a fifth of the time, however long the log is. */
const pauseShare = 4;

const rotated = 'the engine has deleted the beginning of the log, so output may be missing here';

/**
 * Yields the output of all processes of a container. The engine keeps it in one log, and a cursor counts the bytes of
 * that log. Each reading starts at its beginning and skips the bytes before the cursors. Docker's log is followed while
 * the container runs. See `LogReading` for Podman's.
 */
export async function* restartingOutput(
  source: RestartingSource,
  from: Partial<Record<Stream, Cursor>>,
  signal: AbortSignal,
): AsyncGenerator<LogChunk, void, undefined> {
  const { session, feed } = source;
  const docker = session.flavor === 'docker';
  const cursors = { stdout: from.stdout ?? 0, stderr: from.stderr ?? 0 };
  /** How many bytes the engine has deleted, as far as they were noticed. */
  const deleted = { stdout: 0, stderr: 0 };
  let told = false;
  let before: LogCursors | undefined;
  let failures = 0;
  while (!signal.aborted) {
    const seen = feed.status;
    const runs = seen.state.phase === 'running';
    const began = session.clock.now();
    const reading = new LogReading(minus(cursors, deleted), docker ? 'all' : 'settled', before);
    let came = false;
    try {
      for await (const { stream, bytes, cursor } of reading.read(source, docker && runs, signal)) {
        came = true;
        cursors[stream] = cursor + deleted[stream];
        if (!told && docker && bytes.includes(replacement)) {
          told = true;
          yield { stream, lost: replacedDetail, cursor: cursors[stream] - bytes.length };
        }
        yield { stream, bytes, cursor: cursors[stream] };
      }
    } catch (error) {
      // 409: Docker is removing the container.
      if (signal.aborted || isNotFound(error) || hasStatus(error, 409) || error instanceof EngineClosed) return;
      if (!(error instanceof EngineLost || error instanceof EngineError)) throw error;
      // A log driver that cannot be read.
      if (error instanceof EngineError && error.status !== 500) {
        yield { stream: 'combined', lost: `the output cannot be read: ${error.said}`, cursor: 0 };
        return;
      }
      await pause(session.clock, feed, seen, Math.min(longestPauseMs, againAfterMs * 2 ** failures++), signal);
      continue;
    }
    if (signal.aborted) return;
    failures = 0;
    for (const stream of ['stdout', 'stderr'] as const) {
      if (reading.total[stream] >= cursors[stream] - deleted[stream]) continue;
      deleted[stream] = cursors[stream] - reading.total[stream];
      yield { stream, lost: rotated, cursor: cursors[stream] };
    }
    const quiet = docker ? !came : before?.stdout === reading.total.stdout && before.stderr === reading.total.stderr;
    before = reading.total;
    if (feed.gone) return;
    if (quiet && !runs) {
      if (feed.over) return;
      await feed.changed(seen, signal);
    } else {
      const tookMs = docker ? 0 : pauseShare * (session.clock.now() - began);
      await pause(session.clock, feed, seen, Math.max(againAfterMs, tookMs), signal);
    }
  }
}

/** Waits at most this long. A change of the status ends the wait, except for one that has been seen. */
async function pause(
  clock: Clock,
  feed: StatusFeed,
  seen: StatusFeed['status'],
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const enough = new AbortController();
  const until = AbortSignal.any([enough.signal, signal]);
  const slept = clock.sleep(ms, until).catch(() => undefined);
  await Promise.race([slept, feed.over ? slept : feed.changed(seen, until)]);
  enough.abort();
}

function minus(cursors: LogCursors, deleted: LogCursors): LogCursors {
  return { stdout: cursors.stdout - deleted.stdout, stderr: cursors.stderr - deleted.stderr };
}
