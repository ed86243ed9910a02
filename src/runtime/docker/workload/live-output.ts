import type { Duplex } from 'node:stream';
import type { Chunk } from '../../runtime.ts';
import type { Stream } from '../../../model/work.ts';
import { FrameReader } from '../api/frames.ts';
import type { StoredCounter } from './stored-length.ts';
import { onAbort } from '../../../util/abort.ts';

/**
 * The buffer for a slow reader. Beyond it, the reader continues from the engine's log. Slowing down the engine would
 * lose output: according to its source (not tried here), Docker drops what a client has not read two seconds after the
 * container's end.
 */
const keptBytes = 8 * 1024 * 1024;

const openingBytes = 256;

/** How a live stream stopped: with the container, as far as is known, or before. */
export type LiveEnd = 'ended' | 'broken' | 'released';

/**
 * The output of a container from its first byte, over a connection that was opened before the start. Received at once,
 * whether or not there is a reader. For one reader.
 */
export class LiveOutput {
  readonly #frames = new FrameReader();
  readonly #counters: Record<'stdout' | 'stderr', StoredCounter>;
  readonly #cursors: Record<'stdout' | 'stderr', number> = { stdout: 0, stderr: 0 };
  #kept: Chunk[] = [];
  #keptBytes = 0;
  #end: LiveEnd | undefined;
  #claimed = false;
  #wake: (() => void) | undefined;
  #opening: Buffer = Buffer.alloc(0);
  /** Resolves when the stream stopped, in whichever way. */
  readonly stopped: Promise<LiveEnd>;
  #stopped!: (end: LiveEnd) => void;
  readonly #connection: Duplex;

  constructor(connection: Duplex, counter: () => StoredCounter) {
    this.#connection = connection;
    this.#counters = { stdout: counter(), stderr: counter() };
    this.stopped = new Promise((resolve) => (this.#stopped = resolve));
    connection.on('data', (bytes: Buffer) => this.#take(bytes));
    connection.once('end', () => this.#stop(this.#frames.torn ? 'broken' : 'ended'));
    connection.once('error', () => this.#stop('broken'));
    connection.once('close', () => this.#stop('broken'));
  }

  /** The first bytes on stderr. */
  get opening(): Buffer {
    return this.#opening;
  }

  /** Returns false if there is a reader already, or the beginning is gone. */
  claim(): boolean {
    if (this.#claimed || this.#end === 'released' || this.#end === 'broken') return false;
    this.#claimed = true;
    return true;
  }

  /** Ends with the stream or on the signal. A reader that leaves early closes the stream. */
  async *read(signal: AbortSignal): AsyncGenerator<Chunk, void, undefined> {
    using _woken = onAbort(signal, () => this.#wake?.());
    try {
      while (!signal.aborted) {
        const chunks = this.#kept;
        this.#kept = [];
        this.#keptBytes = 0;
        for (const chunk of chunks) {
          yield chunk;
          if (signal.aborted) return;
        }
        if (this.#kept.length > 0) continue;
        if (this.#end !== undefined) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.release();
    }
  }

  release(): void {
    this.#stop('released');
  }

  #take(bytes: Buffer): void {
    if (this.#end !== undefined) return;
    for (const { stream, bytes: part } of this.#frames.push(bytes))
      this.#keep(stream, this.#counters[side(stream)].push(part));
    if (this.#frames.foreign !== undefined) this.#stop('broken');
    if (this.#keptBytes > keptBytes) this.#stop('released');
    this.#wake?.();
  }

  #keep(stream: Stream, { bytes, stored }: { bytes: Buffer; stored: number }): void {
    if (bytes.length === 0) return;
    if (stream === 'stderr' && this.#opening.length < openingBytes)
      this.#opening = Buffer.concat([this.#opening, bytes.subarray(0, openingBytes)]);
    this.#cursors[side(stream)] += stored;
    this.#kept.push({ stream, bytes, cursor: this.#cursors[side(stream)] });
    this.#keptBytes += bytes.length;
  }

  #stop(end: LiveEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    if (end === 'ended')
      for (const stream of ['stdout', 'stderr'] as const) this.#keep(stream, this.#counters[stream].end());
    this.#connection.destroy();
    this.#stopped(end);
    this.#wake?.();
  }
}

function side(stream: Stream): 'stdout' | 'stderr' {
  return stream === 'stderr' ? 'stderr' : 'stdout';
}
