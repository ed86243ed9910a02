import type { Cursor } from '../../../model/work.ts';
import { asEngineLost, EngineLost } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { FrameReader, RawReader } from '../api/frames.ts';

const newline = 0x0a;

type Side = 'stdout' | 'stderr';
export type LogCursors = Record<Side, Cursor>;
interface StoredChunk {
  readonly stream: Side;
  readonly bytes: Buffer;
  readonly cursor: Cursor;
}

/**
 * One reading of the engine's log. Docker's log is followed. Podman's log is read repeatedly: Podman 4.3 mixes up the
 * lines of a followed log under load. While a log is written, its last line may be incomplete. A `settled` reading
 * leaves the last line of each stream to the next reading, unless nothing has arrived since the previous one.
 */
export class LogReading {
  readonly total: LogCursors = { stdout: 0, stderr: 0 };
  readonly #tails: Record<Side, Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  readonly #from: Readonly<LogCursors>;
  readonly #kind: 'all' | 'settled';
  readonly #before: LogCursors | undefined;

  constructor(from: Readonly<LogCursors>, kind: 'all' | 'settled', before: LogCursors | undefined) {
    this.#from = from;
    this.#kind = kind;
    this.#before = before;
  }

  /**
   * @param source `tty`: the container has a terminal, so its output has no frames. `since`: in milliseconds since 1970;
   * cursors count from there
   */
  async *read(
    {
      session,
      id,
      tty,
      since,
    }: { readonly session: EngineSession; readonly id: string; readonly tty?: boolean; readonly since?: number },
    follow: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<StoredChunk, void, undefined> {
    const answer = await session.engine.open('GET', `/containers/${id}/logs`, {
      query: { stdout: 1, stderr: 1, follow: follow ? 1 : 0, ...(since !== undefined && { since: since / 1_000 }) },
      signal,
      deadlineMs: 'never',
    });
    const frames = tty === true ? new RawReader() : new FrameReader();
    const skip = { ...this.#from };
    try {
      for await (const part of answer) {
        for (const { stream, bytes } of frames.push(part as Buffer)) {
          const chunk = this.#rest(stream === 'stderr' ? 'stderr' : 'stdout', bytes, skip);
          if (chunk) yield chunk;
        }
        if (frames.foreign !== undefined) throw new EngineLost(frames.foreign);
      }
    } catch (error) {
      throw asEngineLost(error);
    } finally {
      answer.destroy();
    }
    if (this.#before?.stdout !== this.total.stdout || this.#before.stderr !== this.total.stderr) return;
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#tails[stream].length > 0) yield { stream, bytes: this.#tails[stream], cursor: this.total[stream] };
    }
  }

  /** Returns the bytes that are new and complete. */
  #rest(stream: Side, bytes: Buffer, skip: Readonly<LogCursors>): StoredChunk | undefined {
    const skipped = Math.min(bytes.length, Math.max(0, skip[stream] - this.total[stream]));
    this.total[stream] += bytes.length;
    let rest = bytes.subarray(skipped);
    let cursor = this.total[stream];
    if (this.#kind === 'settled') {
      rest = Buffer.concat([this.#tails[stream], rest]);
      const lineStart = rest.length < 2 ? 0 : rest.lastIndexOf(newline, rest.length - 2) + 1;
      this.#tails[stream] = rest.subarray(lineStart);
      cursor -= rest.length - lineStart;
      rest = rest.subarray(0, lineStart);
    }
    return rest.length === 0 ? undefined : { stream, bytes: rest, cursor };
  }
}
