import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../src/model/clock.ts';
import { ApiError } from '../../src/clusters/api/api-error.ts';
import type { ClusterClient, ClusterRequest } from '../../src/clusters/api/cluster-client.ts';
import { stampText, type LogStamp } from '../../src/runtime/kubernetes/workload/log-stamp.ts';
import { nextTurn } from '../../src/util/next-turn.ts';
import { aborted, onAbort } from '../../src/util/abort.ts';

/** One entry of a container's log file: a line, or a part of one. */
export interface LogEntry {
  readonly stamp: LogStamp;
  readonly bytes: Buffer;
}

/** A fault of one stream after a number of bytes. */
export interface LogFault {
  readonly after: number;
  /** `forgotten`: only the container's status is left. */
  readonly as: 'cut' | 'end' | 'error text' | 'refused' | 'forgotten' | 'silence';
}

/** Whether the fault is a kubelet that dies while it waits for more output. */
export function isDeath(fault: LogFault | undefined): boolean {
  return fault?.as === 'end' || fault?.as === 'error text';
}

const newline = 0x0a;
const turnMs = 10;

/** A clock that advances with the event loop, the same for all sleepers. */
export class TurningClock implements Clock {
  #now = 1_700_000_000_000;
  #turning: Promise<void> | undefined;

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    for (const until = this.#now + ms; this.#now < until; await this.#turn()) signal?.throwIfAborted();
    signal?.throwIfAborted();
  }

  async #turn(): Promise<void> {
    this.#turning ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#now += turnMs;
        this.#turning = undefined;
        resolve();
      });
    });
    await this.#turning;
  }
}

/**
 * The log of one container as the kubelet serves it (k8s.io/cri-client, pkg/logs). Serves only the current file, from a
 * whole second on. A stream continues in a new file if it was at the end of the old one at the rotation. Then faults
 * happen.
 */
export class KubeletLog {
  readonly #files: LogEntry[][] = [[]];
  readonly #streams = new Set<() => void>();
  #ended = false;
  /** Of all requests. */
  readonly requests: ClusterRequest['query'][] = [];
  readonly #faults: LogFault[];

  constructor(faults: LogFault[] = []) {
    this.#faults = faults;
  }

  print(entry: LogEntry): void {
    this.#current.push(entry);
    this.#tell();
  }

  /** Rotates the file, as the kubelet does when it is too long. */
  rotate(): void {
    this.#files.push([]);
    this.#tell();
  }

  /** Stops further faults. */
  recover(): void {
    this.#faults.length = 0;
  }

  end(): void {
    this.#ended = true;
    this.#tell();
  }

  get client(): ClusterClient {
    const open = async (_method: string, _path: string, request: ClusterRequest = {}) => await this.#open(request);
    return { open } as unknown as ClusterClient;
  }

  get #current(): LogEntry[] {
    return this.#files.at(-1) ?? [];
  }

  #tell(): void {
    for (const look of [...this.#streams]) look();
  }

  async #open({ query = {}, signal }: ClusterRequest): Promise<IncomingMessage> {
    await nextTurn();
    signal?.throwIfAborted();
    this.requests.push(query);
    const probe = query['limitBytes'] !== undefined;
    const drawn = probe ? undefined : this.#faults.shift();
    // A kubelet that dies while waiting ends the stream too early but cleanly. A waiting one can write an error. Both
    // have sent something before.
    const fault =
      (isDeath(drawn) && query['follow'] !== true) ||
      (drawn?.as !== 'cut' && drawn?.as !== 'refused' && drawn?.as !== 'forgotten' && drawn?.after === 0)
        ? undefined
        : drawn;
    if (fault?.as === 'refused')
      throw new ApiError(400, 'container "main" in pod "p" is waiting to start: ContainerCreating');
    if (fault?.as === 'forgotten') throw new ApiError(400, 'container "main" in pod "p" is terminated');
    return Readable.from(this.#body(query, fault, signal), {
      objectMode: false,
      highWaterMark: 1_000,
    }) as unknown as IncomingMessage;
  }

  async *#body(
    query: NonNullable<ClusterRequest['query']>,
    fault: LogFault | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Buffer> {
    const most = Number(query['limitBytes'] ?? Infinity);
    let sent = 0;
    for await (const bytes of this.#entries(query, signal)) {
      const limit = Math.min(most, fault?.after ?? Infinity) - sent;
      sent += bytes.length;
      if (bytes.length < limit) {
        yield bytes;
        continue;
      }
      yield bytes.subarray(0, Math.max(0, limit));
      if (fault === undefined || sent - bytes.length + limit === most) return;
      if (fault.as === 'cut') throw new Error('read ECONNRESET');
      // A waiting kubelet has sent only whole entries.
      if (isDeath(fault)) yield bytes.subarray(Math.max(0, limit));
      if (fault.as === 'error text') {
        yield Buffer.from('rpc error: code = Unavailable desc = error reading from server: EOF');
      }
      if (fault.as === 'silence') await aborted(signal);
      return;
    }
  }

  async *#entries(
    query: NonNullable<ClusterRequest['query']>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Buffer> {
    const since = typeof query['sinceTime'] === 'string' ? Date.parse(query['sinceTime']) / 1_000 : -Infinity;
    let file = this.#files.length - 1;
    let at = Math.max(0, this.#current.length - Number(query['tailLines'] ?? Infinity));
    let lineStart = true;
    let atEnd = false;
    for (;;) {
      const entry = this.#files[file]?.[at];
      if (entry) {
        at++;
        if (entry.stamp.seconds >= since)
          yield lineStart
            ? Buffer.concat([Buffer.from(`${stampText(entry.stamp)} `), entry.bytes])
            : Buffer.from(entry.bytes);
        lineStart = entry.bytes.length === 0 || entry.bytes.at(-1) === newline;
        continue;
      }
      if (query['follow'] !== true) return;
      if (atEnd && file < this.#files.length - 1) {
        // A watcher is notified of a new file, and opens the current one.
        file = this.#files.length - 1;
        at = 0;
        continue;
      }
      if (this.#ended) return;
      atEnd = file === this.#files.length - 1;
      await this.#change(signal);
      if (signal?.aborted) return;
    }
  }

  async #change(signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        this.#streams.delete(look);
        listener[Symbol.dispose]();
        resolve();
      };
      this.#streams.add(look);
      const listener = onAbort([signal], look);
    });
  }
}
