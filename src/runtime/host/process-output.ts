import type { Readable } from 'node:stream';
import type { Cursor } from '../../model/work.ts';
import { readRest } from '../../util/read-rest.ts';
import type { Chunk } from '../runtime.ts';
import { onAbort } from '../../util/abort.ts';

type HostStream = 'stdout' | 'stderr';
type Held = { readonly stream: HostStream; readonly bytes: Uint8Array; readonly cursor: Cursor };

/** The buffer for a slow reader. When it is full, the process blocks in its next write, as with any pipe. */
const heldLimit = 1024 * 1024;

/**
 * The output of a process from both pipes, in the order in which the system delivers it. Each byte is returned once. A
 * new reader continues where the previous one left.
 *
 * The output ends when no process of the command runs. Everything written is in the pipes then, and they are read
 * empty. What other processes write into them later is not part of the output.
 */
export class ProcessOutput {
  readonly #sources: Record<HostStream, Readable>;
  readonly #open = new Set<HostStream>(['stdout', 'stderr']);
  readonly #received = { stdout: 0, stderr: 0 };
  readonly #handedOver = { stdout: 0, stderr: 0 };
  readonly #held: Held[] = [];
  readonly #dropsOldest: boolean;
  #heldBytes = 0;
  #finished = false;
  #reading = false;
  #wake: (() => void) | undefined;

  /**
   * @param settled resolves when nothing runs that could print. The output ends then, not before
   * @param dropsOldest keeps only the newest bytes, so that the process never waits, for commands that no reader can
   * read before the end (init containers)
   */
  constructor(sources: Record<HostStream, Readable>, settled: Promise<unknown>, dropsOldest: boolean) {
    this.#sources = sources;
    this.#dropsOldest = dropsOldest;
    void settled.then(() => this.#finish());
    for (const stream of this.#open) {
      sources[stream].on('data', (bytes: Buffer) => this.#receive(stream, bytes));
      // An error while reading a pipe can only mean that there is no more.
      sources[stream].on('error', () => this.#end(stream));
      sources[stream].on('close', () => this.#end(stream));
    }
  }

  /** Reports whether only the buffered bytes are left. */
  get ended(): boolean {
    return this.#finished;
  }

  /** The number of received bytes, and whether a slow reader blocks reading. */
  get progress(): { readonly received: number; readonly waits: boolean } {
    return { received: this.#received.stdout + this.#received.stderr, waits: this.#heldBytes >= heldLimit };
  }

  /** Stops reading the pipes. The buffer can still be read. */
  abandon(): void {
    for (const stream of [...this.#open]) {
      this.#sources[stream].destroy();
      this.#end(stream);
    }
  }

  /** Returns the last buffered bytes, for a message. */
  tail(bytes: number): string {
    return Buffer.concat(this.#held.map((chunk) => chunk.bytes))
      .subarray(-bytes)
      .toString();
  }

  /**
   * Yields the output from the cursors to the end. Reports earlier bytes that were already returned as lost. Skips
   * buffered bytes before the cursors.
   */
  async *read(from: Partial<Record<HostStream, Cursor>>, signal: AbortSignal): AsyncGenerator<Chunk, void, undefined> {
    if (this.#reading) throw new Error('only one reader at a time may read the output of a process');
    this.#reading = true;
    using _woken = onAbort(signal, () => this.#wake?.());
    try {
      for (const stream of ['stdout', 'stderr'] as const) {
        if (!signal.aborted && (from[stream] ?? 0) < this.#handedOver[stream])
          yield {
            stream,
            lost: 'the output was already read, and the host runtime does not store output',
            cursor: this.#handedOver[stream],
          };
      }
      while (!signal.aborted) {
        const chunk = this.#take();
        const wanted = chunk && behind(chunk, from[chunk.stream] ?? 0);
        if (wanted !== undefined) yield wanted;
        else if (chunk === undefined && this.ended) return;
        else if (chunk === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#reading = false;
    }
  }

  #take(): Held | undefined {
    const chunk = this.#held.shift();
    if (chunk === undefined) return undefined;
    this.#heldBytes -= chunk.bytes.length;
    this.#handedOver[chunk.stream] = chunk.cursor;
    if (this.#heldBytes < heldLimit) for (const stream of this.#open) this.#sources[stream].resume();
    return chunk;
  }

  #receive(stream: HostStream, bytes: Buffer): void {
    this.#received[stream] += bytes.length;
    this.#held.push({ stream, bytes, cursor: this.#received[stream] });
    this.#heldBytes += bytes.length;
    if (this.#dropsOldest) while (this.#heldBytes > heldLimit) this.#take();
    else if (this.#heldBytes >= heldLimit) for (const open of this.#open) this.#sources[open].pause();
    this.#wake?.();
  }

  #finish(): void {
    for (const stream of [...this.#open]) {
      const source = this.#sources[stream];
      // Bytes in the stream's own buffer go to its `data` listener.
      while (source.read() !== null);
      for (const bytes of readRest(source)) this.#receive(stream, bytes);
    }
    this.abandon();
    this.#finished = true;
    this.#wake?.();
  }

  #end(stream: HostStream): void {
    this.#open.delete(stream);
    this.#wake?.();
  }
}

/** Returns the part of a chunk after a cursor. */
function behind(chunk: Held, cursor: Cursor): Chunk | undefined {
  const missing = cursor - (chunk.cursor - chunk.bytes.length);
  if (missing <= 0) return chunk;
  return missing >= chunk.bytes.length ? undefined : { ...chunk, bytes: chunk.bytes.subarray(missing) };
}
