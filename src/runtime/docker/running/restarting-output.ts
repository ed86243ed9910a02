import type { LogChunk, LogPosition } from '../../running-container.ts';
import type { StatusFeed } from '../../status-feed.ts';
import { EngineClosed, EngineError, EngineLost, hasStatus, isNotFound } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { replacedDetail, replacement } from '../workload/container-output.ts';
import { LogReading, type LogCursors } from '../workload/log-reading.ts';
import type { LogLimits } from './log-limits.ts';
import { RotatedLog } from './rotated-log.ts';
import { doubledMs } from '../../../util/doubled-ms.ts';

export interface RestartingSource {
  readonly session: EngineSession;
  readonly id: string;
  readonly tty: boolean;
  /** Absent if the engine keeps the whole log. */
  readonly limits?: LogLimits;
  readonly feed: StatusFeed;
  /** See `LogPosition`. */
  readonly since?: number;
}

const againAfterMs = 100;
const longestPauseMs = 5_000;
/** Reading again takes at most a fifth of the time, however long the log is. */
const pauseShare = 4;

/**
 * Yields the output of all processes of a container. The engine keeps it in one log, and a cursor counts the bytes of
 * that log. Each reading starts at its beginning and skips the bytes before the cursors. Docker's log is followed while
 * the container runs. See `LogReading` for Podman's, and `RotatedLog` for one whose beginning Docker deletes.
 */
export async function* restartingOutput(
  source: RestartingSource,
  position: LogPosition,
  signal: AbortSignal,
): AsyncGenerator<LogChunk, void, undefined> {
  const { limits } = source;
  const rotated = limits && new RotatedLog({ ...source, limits }, position);
  try {
    yield* outputOf(source, rotated, position, signal);
  } finally {
    rotated?.close();
  }
}

async function* outputOf(
  source: RestartingSource,
  rotated: RotatedLog | undefined,
  { cursors: from = {} }: LogPosition,
  signal: AbortSignal,
): AsyncGenerator<LogChunk, void, undefined> {
  const { session, feed } = source;
  const docker = session.flavor === 'docker';
  const cursors = { stdout: from.stdout ?? 0, stderr: from.stderr ?? 0 };
  let told = false;
  let before: LogCursors | undefined;
  let failures = 0;
  while (!signal.aborted) {
    const seen = feed.status;
    const runs = seen.state.phase === 'running';
    const began = session.clock.now();
    const reading = new LogReading(cursors, docker ? 'all' : 'settled', before);
    let came = false;
    try {
      if (rotated !== undefined) {
        for await (const chunk of rotated.read(runs, signal)) {
          came = true;
          yield chunk;
        }
      } else {
        for await (const { stream, bytes, cursor } of reading.read(source, docker && runs, signal)) {
          came = true;
          cursors[stream] = cursor;
          if (!told && docker && bytes.includes(replacement)) {
            told = true;
            yield { stream, lost: replacedDetail, cursor: cursors[stream] - bytes.length };
          }
          yield { stream, bytes, cursor };
        }
      }
    } catch (error) {
      // 409: Docker is removing the container.
      if (signal.aborted || error instanceof EngineClosed) return;
      if (isNotFound(error) || hasStatus(error, 409)) {
        if (rotated !== undefined) yield* rotated.last(signal);
        return;
      }
      if (!(error instanceof EngineLost || error instanceof EngineError)) throw error;
      // A log driver that cannot be read.
      if (error instanceof EngineError && error.status !== 500) {
        yield { stream: 'combined', lost: `the output cannot be read: ${error.said}`, cursor: 0 };
        return;
      }
      const pauseMs = doubledMs(failures++, againAfterMs, longestPauseMs);
      await feed.pause(seen, pauseMs, session.clock, signal);
      continue;
    }
    if (signal.aborted) return;
    failures = 0;
    const quiet = docker ? !came : before?.stdout === reading.total.stdout && before.stderr === reading.total.stderr;
    before = reading.total;
    if (feed.gone) return;
    if (quiet && !runs) {
      if (feed.over) return;
      await feed.changed(seen, signal);
    } else {
      const tookMs = docker ? 0 : pauseShare * (session.clock.now() - began);
      await feed.pause(seen, Math.max(againAfterMs, tookMs), session.clock, signal);
    }
  }
}
