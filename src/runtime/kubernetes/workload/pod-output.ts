import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../../model/clock.ts';
import type { Cursor } from '../../../model/work.ts';
import type { Chunk } from '../../runtime.ts';
import { ApiError, ClusterClosed, ClusterLost, hasStatus, LoginFailed } from '../../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../../clusters/api/cluster-client.ts';
import { lostAfterMs, pauseMs } from '../../../clusters/api/persistence.ts';
import type { PodPlace } from '../../../clusters/api/remote-command.ts';
import type { LogCheckpoints } from './log-checkpoints.ts';
import { followLog, silentMs, type FollowedLog, type ReadingEnd } from './log-follow.ts';
import { LogPosition, type LogMark } from './log-position.ts';
import { LogReading } from './log-reading.ts';
import { partOf, type LogStart } from './log-search.ts';
import { longestStamp, StampReader, stampText, type LogStamp } from './log-stamp.ts';
import { LogStream } from './log-stream.ts';

export interface PodOutputSource {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly place: PodPlace;
  /**
   * The container's command has ended (known some ms before the container itself has); false: it cannot be read any
   * more, since the pod is gone or the cluster lost.
   */
  readonly ended: Promise<boolean>;
  /**
   * The cluster has told that the container runs: its kubelet hands out no log before it has noticed that itself, up to
   * a second late; false: the cluster was away meanwhile. Never resolves where nobody tells.
   */
  readonly noticed?: Promise<boolean>;
  /** The cluster has told that the container has ended: its log is whole. Never resolves where nobody tells. */
  readonly terminated?: Promise<unknown>;
  /**
   * When the container started, by its node's clock and in whole seconds, as milliseconds since 1970; `undefined`: not
   * told yet.
   */
  readonly startedAt?: () => number | undefined;
  readonly checkpoints: LogCheckpoints;
}

const longestWaitMs = 10_000;
/** A cluster that does not tell that the container runs is asked for its log all the same after this. */
const unnoticedMs = 5_000;
/** A kubelet puts no file aside sooner. */
const rotatedAfterMs = 3_000;
/**
 * A container whose log begins within this of its start has printed nothing before; its start is told in whole seconds.
 */
const beginsWithinMs = 2_000;
/**
 * The end of a stream is followed by that of the command within this, where no gate told it before; else it was a cut.
 */
const endFollowsMs = 400;

/**
 * The output of a container from a cursor on to its end, every byte once; what is gone is told. Reads the API's log
 * with its stamps, which are what a reading that broke off finds its place by. Ends early with the signal, and where
 * nothing can be read any more.
 */
export async function* podOutput(
  source: PodOutputSource,
  from: Cursor,
  signal: AbortSignal,
): AsyncGenerator<Chunk, void, undefined> {
  if (!signal.aborted) yield* new PodOutput(source, from, signal).read();
}

class PodOutput {
  readonly #position: LogPosition;
  #start: LogStart;
  #ended: boolean | undefined;
  #noticed: boolean;
  #terminated = false;
  #rouse: (() => void) | undefined;
  /**
   * What only a second reading confirms, as the one before had it: the end of a last line without a newline, and bytes
   * that did not come.
   */
  #before: Pick<LogReading, 'tail' | 'missing'> = { tail: Buffer.alloc(0), missing: 0 };
  /** All was read, and the stream ended behind the command: a line that is looked for once more may be gone since. */
  #complete = false;
  /** Nothing has come yet, and since then nobody knows whether there is anything to read. */
  #unreadSince: number;
  /** Nobody could read the log for so long, in milliseconds, before its first line came. */
  #unreadMs = 0;
  /** The log was handed out once: a kubelet that says later that there is none yet does not know it. */
  #answered = false;
  #failures = 0;
  #failingSince: number | undefined;

  constructor(
    private readonly source: PodOutputSource,
    private readonly from: Cursor,
    private readonly signal: AbortSignal,
  ) {
    this.#position = new LogPosition(from);
    const mark = source.checkpoints.before(source.place.container, from);
    this.#unreadSince = source.clock.now();
    if (mark) this.#position.resume(mark);
    this.#start = mark ? { at: 'mark', mark, among: 'later' } : { at: 'first' };
    const told = (ended: boolean) => {
      this.#ended = ended;
      this.#rouse?.();
    };
    source.ended.then(told, () => told(false));
    this.#noticed = source.noticed === undefined;
    const noticed = (heard: boolean) => {
      this.#noticed = true;
      this.#failures = 0;
      if (heard) this.#unreadSince = Math.max(this.#unreadSince, source.clock.now());
      this.#rouse?.();
    };
    source.noticed?.then(noticed, () => undefined);
    const terminated = () => {
      this.#terminated = true;
      this.#ended ??= true;
      this.#rouse?.();
    };
    source.terminated?.then(terminated, () => undefined);
  }

  async *read(): AsyncGenerator<Chunk, void, undefined> {
    await this.#untilNoticed();
    let follow = true;
    let cleanEnds = 0;
    while (!this.signal.aborted) {
      // Whatever a container has printed is in its log once its end is told: nothing has to be followed.
      const whole = this.#terminated;
      if (whole) follow = false;
      const ended = this.#ended !== undefined;
      const before = this.#position.cursor;
      const reading = new LogReading(this.#start, this.#position);
      const end = yield* this.#readOnce(reading, follow);
      if (this.signal.aborted) return;
      const came = this.#position.cursor > before;
      if (came) cleanEnds = 0;
      if (came || end.as !== 'cut') {
        this.#failures = 0;
        this.#failingSince = undefined;
      }
      if (follow) this.#complete = end.as === 'end' && this.#ended === true && reading.settled;
      if (end.as === 'gone') return yield* this.#gone(end.why);
      if (end.as === 'cut') {
        if (this.#ended === false) return;
        this.#failingSince ??= this.source.clock.now();
        if (this.#ended && this.source.clock.now() - this.#failingSince > lostAfterMs)
          return yield* this.#gone(end.why);
        this.#resumeRun(reading);
        await this.#pause(end);
      } else if (end.as === 'stuck') {
        this.#start = { at: 'mark', mark: { cursor: this.#position.cursor, stamp: end.next, nth: 1 }, among: 'later' };
      } else if (
        this.#start.at === 'mark' &&
        !reading.found &&
        this.#start.among !== 'tail' &&
        this.#complete &&
        !follow &&
        end.as === 'end'
      ) {
        return yield* this.#forgotten(reading);
      } else if (end.as === 'passed' || (this.#start.at === 'mark' && !reading.found)) yield* this.#missed(reading);
      else if (this.#ended === undefined) {
        this.#resumeRun(reading);
        await this.#waitForEnd(cleanEnds++);
      } else if (whole && isComplete(reading)) {
        return yield* this.#finish(reading);
      } else if (
        ended &&
        !came &&
        (!follow || (this.#start.at === 'first' && !reading.found)) &&
        this.#isConfirmed(reading)
      ) {
        return yield* this.#finish(reading);
      } else {
        // Whether that was the end, or a cut that looks like it, one more look tells: it brings nothing.
        this.#before = { tail: reading.tail, missing: reading.missing };
        this.#resumeRun(reading);
        if (this.#start.at === 'mark' && this.#start.mark.nth === 1) this.#start = { ...this.#start, among: 'tail' };
        if (!follow && came) await this.#wait(endFollowsMs);
        follow = false;
      }
    }
  }

  /** The text of an error may stand behind a line that has not ended, and looks like a part of it. */
  #isConfirmed({ tail, missing }: LogReading): boolean {
    return tail.equals(this.#before.tail) && missing === this.#before.missing;
  }

  /**
   * The next reading begins with the line that was begun last; one that did not come to its beginning is made again.
   */
  #resumeRun(reading: LogReading): void {
    const { mark } = this.#position;
    if (mark && reading.found) this.#start = { at: 'mark', mark, among: 'later' };
  }

  /**
   * The line was not where it should be: it is looked for everywhere; if it is nowhere it is gone, and perhaps others
   * behind it.
   */
  *#missed(reading: LogReading): Generator<Chunk, void, undefined> {
    const { mark, latest } = this.#position;
    if (mark === undefined || latest === undefined) return;
    if (this.#start.at !== 'mark' || this.#start.among !== 'all' || reading.found) {
      const among = this.#start.at === 'mark' && this.#start.among === 'tail' ? 'later' : 'all';
      this.#start = { at: 'mark', mark, among };
      return;
    }
    this.#start = { at: 'after', latest, unsure: unsureBytes(this.from, this.#position.cursor, mark.cursor) };
    yield this.#lost(missedAfter(mark));
  }

  /**
   * All was read as far as it seemed, and its file has been put aside since: nothing can be behind it but in a new one.
   */
  *#forgotten(reading: LogReading): Generator<Chunk, void, undefined> {
    const { mark } = this.#position;
    this.source.checkpoints.done(this.source.place.container);
    if (mark && reading.sawLater) yield this.#lost(missedAfter(mark));
  }

  *#finish(reading: LogReading): Generator<Chunk, void, undefined> {
    yield* this.#beginning(this.#position.cursor);
    const bytes = reading.release();
    if (bytes.length > 0) yield this.#chunk(bytes);
    if (reading.missing > 0)
      yield this.#lost(
        'the log is shorter than what was read of it before: the node has thrown away its beginning, and perhaps more',
      );
    this.source.checkpoints.done(this.source.place.container);
  }

  *#gone(why: string): Generator<Chunk, void, undefined> {
    this.source.checkpoints.done(this.source.place.container);
    yield this.#lost(`what may have come after this cannot be read any more: ${why}`);
  }

  #lost(lost: string): Chunk {
    return { stream: 'combined', lost, cursor: this.#position.cursor };
  }

  #chunk(bytes: Buffer): Chunk {
    return { stream: 'combined', bytes, cursor: this.#position.cursor };
  }

  /** @param before so many streams ended without it since something came: whoever has to tell of it will */
  async #waitForEnd(before: number): Promise<void> {
    if (this.#ended === undefined) await this.#wait(Math.min(endFollowsMs * 2 ** before, longestWaitMs));
  }

  async #untilNoticed(): Promise<void> {
    const { clock } = this.source;
    const until = clock.now() + unnoticedMs;
    while (!this.#noticed && this.#ended !== false && !this.signal.aborted && clock.now() < until)
      await this.#wait(until - clock.now());
  }

  /** Before a stream that was cut is opened again: no time is lost where we have cut it ourselves. */
  async #pause(end: Extract<ReadingEnd, { readonly as: 'cut' }>): Promise<void> {
    const pause = pauseMs(this.#failures++, Math.random());
    if (end.impatient !== true) await this.#wait(pause);
  }

  /** At most for so long: what is heard of the end is a reason to look again. */
  async #wait(ms: number): Promise<void> {
    const enough = new AbortController();
    const roused = new Promise<void>((resolve) => (this.#rouse = resolve));
    const slept = this.source.clock.sleep(ms, AbortSignal.any([enough.signal, this.signal])).catch(() => undefined);
    await Promise.race([slept, roused]);
    enough.abort();
    this.#rouse = undefined;
  }

  async *#readOnce(reading: LogReading, follow: boolean): AsyncGenerator<Chunk, ReadingEnd, undefined> {
    const whole = this.#start.at === 'mark' && this.#start.among === 'all';
    let isOpen = false;
    try {
      const answer = await this.#open({ follow: follow && !whole, ...partOf(this.#start) }, silentMs);
      isOpen = true;
      using stream = new LogStream(answer, this.source.clock);
      if (this.#start.at === 'first')
        this.#unreadMs = Math.max(this.#unreadMs, this.source.clock.now() - this.#unreadSince);
      this.#readable();
      this.#answered = true;
      this.#rouse = () => stream.rouse();
      const end = yield* this.#handOver(followLog(this.#followed(), stream, reading));
      if (reading.empty) this.#readable();
      return end;
    } catch (error) {
      const end = this.#failed(error);
      if (isOpen ? reading.empty && !isTimeout(error) : !this.#answered && end.as === 'cut' && end.waits === true)
        this.#readable();
      return end;
    } finally {
      this.#rouse = undefined;
    }
  }

  async *#handOver(parts: ReturnType<typeof followLog>): AsyncGenerator<Chunk, ReadingEnd, undefined> {
    for (;;) {
      const next = await parts.next();
      if (next.done === true) return next.value;
      yield* this.#beginning(this.#position.cursor - next.value.length);
      this.#note();
      yield this.#chunk(next.value);
      if (this.signal.aborted) return { as: 'cut', why: 'cancelled' };
    }
  }

  #followed(): FollowedLog {
    return {
      clock: this.source.clock,
      ended: () => this.#ended,
      terminated: () => this.#terminated,
      currentFile: async () => await this.#currentFile(),
      late: this.#start.at !== 'first',
      tries: this.#failures,
    };
  }

  /**
   * Told once: whether this is the container's first line cannot be known, unless it was printed as the container
   * started.
   */
  *#beginning(cursor: Cursor): Generator<Chunk, void, undefined> {
    if (this.#unreadMs > rotatedAfterMs && this.from === 0 && !this.#beganAtStart())
      yield { stream: 'combined', lost: unreadFor(this.#unreadMs), cursor };
    this.#unreadMs = 0;
    this.#unreadSince = Infinity;
  }

  #beganAtStart(): boolean {
    const startedAt = this.source.startedAt?.();
    const first = this.#position.first?.stamp;
    return (
      startedAt !== undefined &&
      first !== undefined &&
      first.seconds * 1_000 + first.nanos / 1e6 < startedAt + beginsWithinMs
    );
  }

  /**
   * Up to now the log was handed out, or there was none: what is printed from now on cannot be thrown away unseen for a
   * while.
   */
  #readable(): void {
    this.#unreadSince = Math.max(this.#unreadSince, this.source.clock.now());
  }

  #note(): void {
    const { mark, first } = this.#position;
    const { checkpoints, place } = this.source;
    if (first) checkpoints.note(place.container, first, false);
    if (mark) checkpoints.note(place.container, mark, this.#start.at === 'after');
  }

  #failed(error: unknown): ReadingEnd {
    if (this.signal.aborted) return { as: 'cut', why: 'cancelled' };
    // A kubelet that is just starting knows no logs yet: only a pod that is not there is gone.
    if (hasStatus(error, 404) && error.details?.kind === 'pods') return { as: 'gone', why: error.said };
    if (error instanceof ClusterClosed || error instanceof LoginFailed || hasStatus(error, 401, 403))
      return { as: 'gone', why: error.message };
    // The kubelet has no container to this status any more: of an eviction, or after it was away.
    if (hasStatus(error, 400) && error.said.includes('is terminated')) return { as: 'gone', why: error.said };
    if (hasStatus(error, 400) && error.said.includes('waiting to start'))
      return { as: 'cut', why: error.said, waits: true };
    if (error instanceof ApiError || error instanceof ClusterLost) return { as: 'cut', why: error.message };
    throw error;
  }

  async #currentFile(): Promise<LogStamp | undefined> {
    try {
      using stream = new LogStream(await this.#open({ limitBytes: longestStamp }), this.source.clock);
      let head = Buffer.alloc(0);
      for (;;) {
        const part = await stream.next(silentMs);
        if (typeof part === 'string') break;
        head = Buffer.concat([head, part]);
      }
      const stamp = new StampReader();
      return stamp.read(head, 0, head.length) > 0 ? { seconds: stamp.seconds, nanos: stamp.nanos } : undefined;
    } catch {
      // It is asked again when more has come.
      return undefined;
    }
  }

  async #open(
    query: Readonly<Record<string, string | number | boolean>>,
    deadlineMs?: number,
  ): Promise<IncomingMessage> {
    const { namespace, pod, container } = this.source.place;
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
    return await this.source.client.open('GET', path, {
      query: { container, timestamps: true, ...query },
      signal: this.signal,
      ...(deadlineMs !== undefined && { deadlineMs }),
    });
  }
}

/**
 * A connection that was given up as nobody answered on it may have been dead for long; every other one lived until it
 * broke off.
 */
function isTimeout(error: unknown): boolean {
  const cause: unknown = error instanceof ClusterLost ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ETIMEDOUT';
}

/** Nothing of what it brought could be anything but the log, and nothing is missing. */
function isComplete({ tail, missing }: LogReading): boolean {
  return tail.length === 0 && missing === 0;
}

function unreadFor(ms: number): string {
  return `the log could not be read for ${Math.round(ms / 1_000)} s: what was printed then may have been thrown away by the node`;
}

function missedAfter({ stamp }: LogMark): string {
  return `what came after ${stampText(stamp)} may have been thrown away by the node before it could be read`;
}

/** Of one longer than this some pieces may be in a file that begins in its middle. */
const onePiece = 4 * 1024;

/**
 * How many of the bytes that come next may be ones that were given: those behind the line that is gone, where another
 * process gave them, or where the line is so long that it is kept in pieces.
 */
function unsureBytes(from: Cursor, cursor: Cursor, mark: Cursor): number {
  const given = cursor - mark;
  return cursor === from || given > onePiece ? given : 0;
}
