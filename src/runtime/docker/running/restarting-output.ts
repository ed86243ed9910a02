import type { LogChunk, LogPosition } from '../../running-container.ts';
import type { StatusFeed } from '../../status-feed.ts';
import { EngineClosed, EngineError, EngineLost, hasStatus, isNotFound } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { replacedDetail, replacement } from '../workload/container-output.ts';
import { LogReading, type LogCursors } from '../workload/log-reading.ts';
import { logHead } from './log-head.ts';
import { doubledMs } from '../../../util/doubled-ms.ts';

export interface RestartingSource {
  readonly session: EngineSession;
  readonly id: string;
  readonly tty: boolean;
  /** See `rotatesLog`. */
  readonly rotates: boolean;
  readonly feed: StatusFeed;
  /** See `LogPosition`. */
  readonly since?: number;
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
 *
 * If the engine has deleted the beginning, nothing says how much of the rest was read. So the rest is skipped and
 * reported as lost; what follows may begin within a line. The mark is the first line.
 */
export async function* restartingOutput(
  source: RestartingSource,
  { cursors: from = {}, mark }: LogPosition,
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
  let head = mark;
  /** The log was rotated between the look at its first line and the reading. */
  let moved = false;
  const isSame = async () => {
    moved = source.rotates && head !== undefined && (await logHead(source, signal)) !== head;
    return !moved;
  };
  while (!signal.aborted) {
    const seen = feed.status;
    const runs = seen.state.phase === 'running';
    const began = session.clock.now();
    const reading = new LogReading(minus(cursors, deleted), docker ? 'all' : 'settled', before);
    let came = false;
    moved = false;
    try {
      if (source.rotates) {
        const now = await logHead(source, signal);
        if (head !== undefined && now !== head) {
          head = now;
          const skipped = await lengthOf(source, signal);
          if (!(await isSame())) continue;
          for (const stream of ['stdout', 'stderr'] as const) {
            deleted[stream] = cursors[stream] - skipped[stream];
            if (cursors[stream] > 0) yield { stream, lost: rotated, cursor: cursors[stream] };
          }
          continue;
        }
        head = now;
      }
      for await (const { stream, bytes, cursor } of reading.read(source, docker && runs, signal, isSame)) {
        came = true;
        cursors[stream] = cursor + deleted[stream];
        if (!told && docker && bytes.includes(replacement)) {
          told = true;
          yield { stream, lost: replacedDetail, cursor: cursors[stream] - bytes.length };
        }
        yield { stream, bytes, cursor: cursors[stream], ...(source.rotates && head !== undefined && { mark: head }) };
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
      const pauseMs = doubledMs(failures++, againAfterMs, longestPauseMs);
      await feed.pause(seen, pauseMs, session.clock, signal);
      continue;
    }
    if (signal.aborted) return;
    if (moved) continue;
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

/** Returns the length of each stream's log. */
async function lengthOf(source: RestartingSource, signal: AbortSignal): Promise<LogCursors> {
  const reading = new LogReading({ stdout: Infinity, stderr: Infinity }, 'all', undefined);
  for await (const _ of reading.read(source, false, signal));
  return reading.total;
}

function minus(cursors: LogCursors, deleted: LogCursors): LogCursors {
  return { stdout: cursors.stdout - deleted.stdout, stderr: cursors.stderr - deleted.stderr };
}
