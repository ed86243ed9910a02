import type { Cursor, Stream } from '../../../model/work.ts';
import type { Chunk } from '../../runtime.ts';
import { inspect, restartOf } from './container-end.ts';
import { EngineError, EngineLost, hasStatus, isNotFound } from '../api/engine-error.ts';
import { hasEnded, type EngineSession } from '../api/engine-session.ts';
import type { LiveOutput } from './live-output.ts';
import { LogReading, type LogCursors } from './log-reading.ts';
import { settlesWithin } from '../../../util/settles-within.ts';

export interface OutputSource {
  readonly session: EngineSession;
  readonly id: string;
  readonly live: LiveOutput | undefined;
  /** See `EndingContainer`. */
  readonly startedAt: number | undefined;
  /** Resolves when the container has ended or is lost. False if the log can no longer be read. */
  readonly ended: Promise<boolean>;
  /** Reports whether the connection that waits for the end broke. The output's connection may have broken too. */
  readonly interrupted: () => boolean;
}

/** The container's end follows the stream's end within this time, unless a proxy ended the stream. */
const believedWithinMs = 400;
/** A stream that was cut looks like one that ended. Up to this length, check the engine's log for more (2 to 4 ms). */
const verifiedBytes = 256 * 1024;
const againAfterMs = 100;
/** Reading again takes at most a fifth of the time, however long the log is. */
const pauseShare = 4;
export const replacement = Buffer.from('\ufffd');

/**
 * Yields the output from the cursors to the container's end. Reads the live stream if possible, which is exact.
 * Otherwise reads the engine's log from its beginning and skips the bytes before the cursors: `since` would lose or
 * repeat lines with equal time stamps.
 */
export async function* containerOutput(
  source: OutputSource,
  from: Partial<Record<Stream, Cursor>>,
  signal: AbortSignal,
): AsyncGenerator<Chunk, void, undefined> {
  const cursors = { stdout: from.stdout ?? 0, stderr: from.stderr ?? 0 };
  if (signal.aborted) return;
  const { live } = source;
  if (live && cursors.stdout === 0 && cursors.stderr === 0 && live.claim()) {
    for await (const chunk of live.read(signal)) {
      cursors[chunk.stream === 'stderr' ? 'stderr' : 'stdout'] = chunk.cursor;
      yield chunk;
    }
    if (signal.aborted) return;
    const end = (await live.stopped) === 'ended' ? await endOf(source, signal) : 'unknown';
    if (end === 'restarted') return;
    if (end === 'ended' && !source.interrupted() && cursors.stdout + cursors.stderr > verifiedBytes) return;
  }
  yield* storedOutput(source, cursors, signal);
}

async function* storedOutput(
  source: OutputSource,
  cursors: LogCursors,
  signal: AbortSignal,
): AsyncGenerator<Chunk, void, undefined> {
  const docker = source.session.flavor === 'docker';
  let told = false;
  let pauseMs = againAfterMs;
  let before: LogCursors | undefined;
  while (!signal.aborted) {
    // Check before reading: if the container has ended, this reading returns everything.
    const over = await settlesWithin(source.ended, 0, source.session.clock);
    if (over && !(await source.ended)) return;
    const reading = new LogReading(cursors, over || docker ? 'all' : 'settled', before);
    const began = source.session.clock.now();
    try {
      for await (const chunk of reading.read(source, !over && docker, signal)) {
        cursors[chunk.stream] = chunk.cursor;
        if (!told && docker && chunk.bytes.includes(replacement)) {
          told = true;
          yield { stream: chunk.stream, lost: replacedDetail, cursor: chunk.cursor - chunk.bytes.length };
        }
        yield chunk;
      }
      if (over) return;
      before = reading.total;
      pauseMs = docker ? againAfterMs : Math.max(againAfterMs, pauseShare * (source.session.clock.now() - began));
    } catch (error) {
      // 409: Docker is removing the container.
      if (signal.aborted || isNotFound(error) || hasStatus(error, 409)) return;
      if (!(error instanceof EngineLost)) throw error;
    }
    // Read again: a followed log may have ended early, an unfollowed one may have grown, or the connection broke.
    if ((await settlesWithin(source.ended, pauseMs, source.session.clock, signal)) && !(await source.ended)) return;
  }
}

/** Said once, before the first such byte. */
export const replacedDetail =
  'the output was not valid UTF-8 and was read from the log: the engine stored U+FFFD for invalid bytes';

/**
 * Reports whether the live stream ended with the container. A busy engine reports the end late, so this asks and waits
 * for its cleanup. After a restart the log also holds the output of another process.
 */
async function endOf(source: OutputSource, signal: AbortSignal): Promise<'ended' | 'restarted' | 'unknown'> {
  if (await settlesWithin(source.ended, believedWithinMs, source.session.clock, signal)) return 'ended';
  if (signal.aborted) return 'unknown';
  try {
    const { State: state } = await inspect(source.session, source.id);
    if (restartOf(state, source.startedAt) !== undefined) return 'restarted';
    return hasEnded(state) ? 'ended' : 'unknown';
  } catch (error) {
    // Lost or gone: reading the log reports the same.
    if (error instanceof EngineLost || error instanceof EngineError) return 'unknown';
    throw error;
  }
}
