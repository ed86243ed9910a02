import type { Readable } from 'node:stream';
import type { Cursor } from '../../model/work.ts';
import { readRest } from '../../util/read-rest.ts';
import type { Chunk } from '../runtime.ts';

type HostStream = 'stdout' | 'stderr';
type Held = { readonly stream: HostStream; readonly bytes: Uint8Array; readonly cursor: Cursor };

/**
 * Bytes that wait for a reader before the process is made to wait: it blocks in its next write, as in any full pipe.
 */
const heldLimit = 1024 * 1024;

/**
 * What a process prints, from both pipes at once in the order in which the system hands it over. Each byte is handed
 * over once; a reader that leaves is followed by one that reads on.
 *
 * It ends when nothing of the process runs any more. All that was written is in the pipes then, so they are read empty.
 * What another process writes into them afterwards is not part of the output.
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
   * @param settled when nothing runs any more that could print: the output ends then, not before
   * @param dropsOldest where nobody can read before the end (init containers), the newest bytes are kept and the
   *   process never waits
   */
  constructor(sources: Record<HostStream, Readable>, settled: Promise<unknown>, dropsOldest: boolean) {
    this.#sources = sources;
    this.#dropsOldest = dropsOldest;
    void settled.then(() => this.#finish());
    for (const stream of this.#open) {
      sources[stream].on('data', (bytes: Buffer) => this.#receive(stream, bytes));
      // An error of a pipe that is read can only mean that there is no more.
      sources[stream].on('error', () => this.#end(stream));
      sources[stream].on('close', () => this.#end(stream));
    }
  }

  /** Nothing more can come than what is held. */
  get ended(): boolean {
    return this.#finished;
  }

  /** Bytes that came so far, and whether they are not read on because a reader is slow. */
  get progress(): { readonly received: number; readonly waits: boolean } {
    return { received: this.#received.stdout + this.#received.stderr, waits: this.#heldBytes >= heldLimit };
  }

  /** Nothing more is read from the pipes; what was held can still be. */
  abandon(): void {
    for (const stream of [...this.#open]) {
      this.#sources[stream].destroy();
      this.#end(stream);
    }
  }

  /** The last bytes that are held, for a message. */
  tail(bytes: number): string {
    return Buffer.concat(this.#held.map((chunk) => chunk.bytes))
      .subarray(-bytes)
      .toString();
  }

  /**
   * From the cursors to the end; bytes before them that were handed over already are told as lost, those behind are
   * skipped.
   */
  async *read(from: Partial<Record<HostStream, Cursor>>, signal: AbortSignal): AsyncGenerator<Chunk, void, undefined> {
    if (this.#reading) throw new Error('the output of a process has one reader at a time');
    this.#reading = true;
    const woken = () => this.#wake?.();
    signal.addEventListener('abort', woken);
    try {
      for (const stream of ['stdout', 'stderr'] as const) {
        if (!signal.aborted && (from[stream] ?? 0) < this.#handedOver[stream])
          yield { stream, lost: 'it was read before, and a host keeps no output', cursor: this.#handedOver[stream] };
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
      signal.removeEventListener('abort', woken);
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
      // What the stream itself holds goes to its `data` listener.
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

/** The part of a chunk behind a cursor. */
function behind(chunk: Held, cursor: Cursor): Chunk | undefined {
  const missing = cursor - (chunk.cursor - chunk.bytes.length);
  if (missing <= 0) return chunk;
  return missing >= chunk.bytes.length ? undefined : { ...chunk, bytes: chunk.bytes.subarray(missing) };
}
