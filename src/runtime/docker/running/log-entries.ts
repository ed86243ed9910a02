import { asEngineLost, EngineLost } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { FrameReader } from '../api/frames.ts';

export type Side = 'stdout' | 'stderr';

/** One entry of a log: a line, or a piece of a long line. */
export interface LogEntry {
  readonly stream: Side;
  /** When the engine received it, in RFC 3339 with nanoseconds in UTC. All pieces of one line have the same time. */
  readonly time: string;
  readonly bytes: Buffer;
}

export interface EntrySource {
  readonly session: EngineSession;
  readonly id: string;
  /** The container has a terminal, so its output has no frames. */
  readonly tty: boolean;
}

export interface EntryQuery {
  /** Only the last entries. The engine then reads its files from their end. */
  readonly tail?: number;
  readonly follow?: true;
  /** In milliseconds since 1970. */
  readonly since?: number;
}

/** `2006-01-02T15:04:05.000000000Z` */
const timeLength = 30;
const prefixLength = timeLength + 1;
/** Docker cuts longer lines. */
const pieceLength = 16_384;
const newline = 0x0a;

/**
 * Opens a log, and returns its entries in batches. Without `follow` that is the log as it was when the engine opened it: the engine
 * keeps the files open, so a rotation meanwhile changes nothing.
 */
export async function openEntries(
  { session, id, tty }: EntrySource,
  { tail, follow, since }: EntryQuery,
  signal: AbortSignal,
): Promise<AsyncGenerator<readonly LogEntry[], void, undefined>> {
  const answer = await session.engine.open('GET', `/containers/${id}/logs`, {
    query: {
      stdout: 1,
      stderr: 1,
      timestamps: 1,
      ...(follow && { follow: 1 }),
      ...(tail !== undefined && { tail }),
      ...(since !== undefined && { since: since / 1_000 }),
    },
    signal,
    deadlineMs: 'never',
  });
  return (async function* () {
    const reader = tty ? new TerminalEntries() : new FrameEntries();
    try {
      for await (const part of answer) {
        const entries = reader.push(part as Buffer);
        if (entries.length > 0) yield entries;
      }
      const rest = reader.end();
      if (rest.length > 0) yield rest;
    } catch (error) {
      throw asEngineLost(error);
    } finally {
      answer.destroy();
    }
  })();
}

/** Each frame is one entry. */
class FrameEntries {
  readonly #frames = new FrameReader('apart');
  #held: Buffer[] = [];

  push(buffer: Buffer): LogEntry[] {
    const entries: LogEntry[] = [];
    for (const { stream, bytes, ends } of this.#frames.push(buffer)) {
      if (ends !== true) {
        this.#held.push(bytes);
        continue;
      }
      const whole = this.#held.length === 0 ? bytes : Buffer.concat([...this.#held, bytes]);
      this.#held = [];
      entries.push(entryOf(stream === 'stderr' ? 'stderr' : 'stdout', whole));
    }
    if (this.#frames.foreign !== undefined) throw new EngineLost(this.#frames.foreign);
    return entries;
  }

  end(): LogEntry[] {
    if (this.#frames.torn) throw new EngineLost('the log ended inside a frame');
    return [];
  }
}

/** An entry ends with its line. The next piece of a long line begins with the same time. */
class TerminalEntries {
  #held: Buffer = Buffer.alloc(0);

  push(buffer: Buffer): LogEntry[] {
    const all = this.#held.length === 0 ? buffer : Buffer.concat([this.#held, buffer]);
    const entries: LogEntry[] = [];
    let at = 0;
    for (;;) {
      const end = endOfEntry(all, at);
      if (end === undefined) break;
      entries.push(entryOf('stdout', all.subarray(at, end)));
      at = end;
    }
    this.#held = all.subarray(at);
    return entries;
  }

  end(): LogEntry[] {
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    return rest.length === 0 ? [] : [entryOf('stdout', rest)];
  }
}

function endOfEntry(all: Buffer, at: number): number | undefined {
  const lineEnd = all.indexOf(newline, at);
  const longest = at + prefixLength + pieceLength;
  if (lineEnd >= 0 && lineEnd < longest) return lineEnd + 1;
  if (all.length < longest) return undefined;
  const next = all.indexOf(all.subarray(at, at + prefixLength), longest);
  if (next >= 0 && (lineEnd < 0 || next <= lineEnd)) return next;
  return lineEnd < 0 ? undefined : lineEnd + 1;
}

function entryOf(stream: Side, text: Buffer): LogEntry {
  if (text[timeLength - 1] !== 0x5a || text[timeLength] !== 0x20) throw new EngineLost('a line of the log has no time');
  return { stream, time: text.toString('latin1', 0, timeLength), bytes: text.subarray(prefixLength) };
}
