import type { Cursor, Stream } from '../../model/work.ts';
import type { Chunk } from '../runtime.ts';
import { isConnectionError } from './engine-client.ts';
import { EngineLost, hasStatus } from './engine-error.ts';
import type { EngineSession } from './engine-session.ts';
import { FrameReader } from './frames.ts';
import type { LiveOutput } from './live-output.ts';

export interface OutputSource {
  readonly session: EngineSession;
  readonly id: string;
  readonly live: LiveOutput | undefined;
  /** Resolves when the container has ended or is known to be lost; false where the log cannot be read any more. */
  readonly ended: Promise<boolean>;
}

/** An end of the stream is believed if the container's end is known by then. A connection that a proxy cut in good form looks the same. */
const believedWithinMs = 400;
const againAfterMs = 100;
const replacement = Buffer.from('\ufffd');

/**
 * The output from the cursors on to the container's end. Live where it can be, which is exact; else from the engine's log, read from its
 * beginning without the bytes that the cursors count: `since` would lose or repeat lines that share a moment.
 */
export async function* containerOutput(source: OutputSource, from: Partial<Record<Stream, Cursor>>, signal: AbortSignal): AsyncGenerator<Chunk, void, undefined> {
  const cursors = { stdout: from.stdout ?? 0, stderr: from.stderr ?? 0 };
  if (signal.aborted) return;
  const { live } = source;
  if (live && cursors.stdout === 0 && cursors.stderr === 0 && live.claim()) {
    for await (const chunk of live.read(signal)) {
      cursors[chunk.stream === 'stderr' ? 'stderr' : 'stdout'] = chunk.cursor;
      yield chunk;
    }
    if (signal.aborted || ((await live.stopped) === 'ended' && (await isWithin(source, source.ended, believedWithinMs)))) return;
  }
  yield* storedOutput(source, cursors, signal);
}

async function* storedOutput(source: OutputSource, cursors: { stdout: number; stderr: number }, signal: AbortSignal): AsyncGenerator<Chunk, void, undefined> {
  let told = false;
  while (!signal.aborted) {
    // Known before reading: what is read then is all there is.
    const over = await isWithin(source, source.ended, 0);
    try {
      for await (const chunk of readLog(source, cursors, !over, signal)) {
        cursors[chunk.stream] = chunk.cursor;
        if (!told && source.session.flavor === 'docker' && chunk.bytes.includes(replacement)) {
          told = true;
          yield { stream: chunk.stream, lost: lostDetail, cursor: chunk.cursor - chunk.bytes.length };
        }
        yield chunk;
      }
      if (over) return;
    } catch (error) {
      if (signal.aborted || hasStatus(error, 404, 409)) return;
      if (!(error instanceof EngineLost)) throw error;
    }
    // The log was followed to what looked like its end, or the connection broke: look again, once more after the container's end.
    if ((await isWithin(source, source.ended, againAfterMs)) && !(await source.ended)) return;
  }
}

const lostDetail = 'output that was not valid UTF-8 came while nobody was reading; the engine kept U+FFFD in its place';

async function* readLog(
  { session, id }: OutputSource,
  cursors: Readonly<Record<'stdout' | 'stderr', number>>,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<{ stream: 'stdout' | 'stderr'; bytes: Buffer; cursor: number }, void, undefined> {
  const answer = await session.engine.open('GET', `/containers/${id}/logs`, { query: { stdout: 1, stderr: 1, follow: follow ? 1 : 0 }, signal, deadlineMs: 'never' });
  const frames = new FrameReader();
  const at = { stdout: 0, stderr: 0 };
  const skip = { ...cursors };
  try {
    for await (const part of answer) {
      for (const { stream, bytes } of frames.push(part as Buffer)) {
        const side = stream === 'stderr' ? 'stderr' : 'stdout';
        const skipped = Math.min(bytes.length, Math.max(0, skip[side] - at[side]));
        at[side] += bytes.length;
        if (skipped < bytes.length) yield { stream: side, bytes: bytes.subarray(skipped), cursor: at[side] };
      }
    }
  } catch (error) {
    throw answer.errored === error && isConnectionError(error) ? new EngineLost('the connection broke off', { cause: error }) : error;
  } finally {
    answer.destroy();
  }
}

async function isWithin({ session }: OutputSource, happens: Promise<unknown>, ms: number): Promise<boolean> {
  const enough = new AbortController();
  const waited = ms === 0 ? new Promise<void>((resolve) => setImmediate(resolve)) : session.clock.sleep(ms, enough.signal).catch(() => undefined);
  const did = await Promise.race([happens.then(() => true), waited.then(() => false)]);
  enough.abort();
  return did;
}
