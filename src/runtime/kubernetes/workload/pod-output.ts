import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../../model/clock.ts';
import type { Cursor } from '../../../model/work.ts';
import type { Chunk } from '../../runtime.ts';
import { ClusterLost } from '../../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../../clusters/api/cluster-client.ts';
import { lostAfterMs, backoffMs } from '../../../clusters/api/retry.ts';
import type { PodPlace } from '../../../clusters/api/remote-command.ts';
import type { LogCheckpoints } from './log-checkpoints.ts';
import { followLog, silentMs, type FollowedLog, type ReadingEnd } from './log-follow.ts';
import { firstStamp } from './first-stamp.ts';
import { LogPosition, type LogMark } from './log-position.ts';
import { LogReading } from './log-reading.ts';
import { partOf, type LogStart } from './log-search.ts';
import { stampText } from './log-stamp.ts';
import { LogStream } from './log-stream.ts';
import { readingFailure } from './reading-failure.ts';
import { settlesWithin } from '../../../util/settles-within.ts';
import { doubledMs } from '../../../util/doubled-ms.ts';

/*
 * State chart of `PodOutput.read`. Each pass reads one response of the log API, from `#start`, and handles its end.
 *
 *   WAIT     until `#noticed`, at most `unnoticedMs`; then FOLLOW.
 *   FOLLOW   (`follow`) read a stream that stays open while the container runs.
 *   CONFIRM  (`!follow`) read what there is. Entered after the end of the command, or once `#terminated` is set.
 *   DONE     marks are dropped, the generator returns.
 *
 * After a reading the first matching row applies. `ReadingEnd` is in log-follow.ts.
 *
 *   | reading ended as | and | then |
 *   |---|---|---|
 *   | any      | `signal` is aborted                             | DONE, nothing is reported                     |
 *   | `gone`   |                                                 | report lost output, DONE                      |
 *   | `cut`    | `#ended` is false: pod gone or cluster lost     | DONE                                          |
 *   | `cut`    | `#ended`, and failing for `lostAfterMs`         | report lost output, DONE                      |
 *   | `cut`    | otherwise                                       | same state, back off, resume at the last line |
 *   | `stuck`  |                                                 | same state, start at the current file's line  |
 *   | `end`    | CONFIRM, `#complete`, searched line not found   | the file was rotated: DONE                    |
 *   | `passed` | or `end`, and the searched line was not found   | same state, widen the search (below)          |
 *   | `end`    | `#ended` is undefined                           | same state, wait for the end, resume          |
 *   | `end`    | `#terminated` before the reading, all bytes sure| DONE                                          |
 *   | `end`    | `#ended` before it, no bytes, as `#previous`    | DONE                                          |
 *   | `end`    | otherwise                                       | CONFIRM: remember `#previous`, resume         |
 *
 * `#start` says where a reading starts: `first` (the container's first line), `mark` (a known line), `after` (that line
 * is gone). A search for a mark widens: `tail` → `later` → `all` → report lost output and continue with `after`.
 *
 * Output before the first line may be lost too. `#unreadSince` and `#unreadMs` measure how long the log was unreadable;
 * `#reportUnread` reports it with the first bytes if a file may have been rotated in that time.
 */

export interface PodOutputSource {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly place: PodPlace;
  /**
   * Resolves to true when the container's command has ended, some ms before the container itself. Resolves to false if
   * the log can no longer be read: the pod is gone or the cluster is lost.
   */
  readonly ended: Promise<boolean>;
  /**
   * Resolves to true when the cluster reports the running container. The kubelet is up to a second late, and serves no
   * log before. Resolves to false if the cluster was unreachable meanwhile. Never resolves without a report.
   */
  readonly noticed?: Promise<boolean>;
  /**
   * Resolves when the cluster reports the container's end: the log is complete then. Never resolves without a report.
   */
  readonly terminated?: Promise<unknown>;
  /**
   * Returns the container's start time in milliseconds since 1970, by its node's clock, in whole seconds. Returns
   * `undefined` if it is not known yet.
   */
  readonly startedAt?: () => number | undefined;
  readonly checkpoints: LogCheckpoints;
}

const longestWaitMs = 10_000;
/** How long to wait for `noticed` before the first request. */
const unnoticedMs = 5_000;
/** The shortest time after which a kubelet rotates a file. */
const rotatedAfterMs = 3_000;
/**
 * A container whose first line is at most this long after its start printed nothing before. Start times are whole
 * seconds.
 */
const beginsWithinMs = 2_000;
/** Without a gate, the command's end follows the stream's end within this time. Otherwise the stream was cut. */
const endFollowsMs = 400;

/**
 * Yields the output of a container from a cursor to its end, every byte once, and reports lost output. Reads the API's
 * log with time stamps, which identify the line to resume at. Ends early on the signal, and when nothing can be read
 * any longer.
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
  #wake: (() => void) | undefined;
  /**
   * The `tail` and `missing` of the previous reading. A second reading must confirm an unfinished last line and missing
   * bytes.
   */
  #previous: Pick<LogReading, 'tail' | 'missing'> = { tail: Buffer.alloc(0), missing: 0 };
  /**
   * Everything was read, and the stream ended after the command. If the line to resume at is missing afterwards, its
   * file was rotated away.
   */
  #complete = false;
  /** Nothing has arrived yet. Since this time it is unknown whether there is something to read. */
  #unreadSince: number;
  /** How long the log was unreadable before its first line arrived, in milliseconds. */
  #unreadMs = 0;
  /** The log was served once. If the kubelet later says that there is none yet, it is wrong. */
  #answered = false;
  #failures = 0;
  #failingSince: number | undefined;
  readonly #source: PodOutputSource;
  readonly #from: Cursor;
  readonly #signal: AbortSignal;

  constructor(source: PodOutputSource, from: Cursor, signal: AbortSignal) {
    this.#source = source;
    this.#from = from;
    this.#signal = signal;
    this.#position = new LogPosition(from);
    const mark = source.checkpoints.before(source.place.container, from);
    this.#unreadSince = source.clock.now();
    if (mark) this.#position.resume(mark);
    this.#start = mark ? { at: 'mark', mark, among: 'later' } : { at: 'first' };
    const told = (ended: boolean) => {
      this.#ended = ended;
      this.#wake?.();
    };
    source.ended.then(told, () => told(false));
    this.#noticed = source.noticed === undefined;
    const noticed = (stayedConnected: boolean) => {
      this.#noticed = true;
      this.#failures = 0;
      if (stayedConnected) this.#unreadSince = Math.max(this.#unreadSince, source.clock.now());
      this.#wake?.();
    };
    source.noticed?.then(noticed, () => undefined);
    const terminated = () => {
      this.#terminated = true;
      this.#ended ??= true;
      this.#wake?.();
    };
    source.terminated?.then(terminated, () => undefined);
  }

  async *read(): AsyncGenerator<Chunk, void, undefined> {
    await this.#untilNoticed();
    let follow = true;
    let cleanEnds = 0;
    while (!this.#signal.aborted) {
      // The cluster reports a container's end after its output, so nothing needs to be followed.
      const whole = this.#terminated;
      if (whole) follow = false;
      const ended = this.#ended !== undefined;
      const before = this.#position.cursor;
      const reading = new LogReading(this.#start, this.#position);
      const end = yield* this.#readOnce(reading, follow);
      if (this.#signal.aborted) return;
      const came = this.#position.cursor > before;
      if (came) cleanEnds = 0;
      if (came || end.as !== 'cut') {
        this.#failures = 0;
        this.#failingSince = undefined;
      }
      if (follow) this.#complete = end.as === 'end' && this.#ended === true && reading.settled;
      if (end.as === 'gone') return yield* this.#giveUp(end.why);
      if (end.as === 'cut') {
        if (this.#ended === false) return;
        this.#failingSince ??= this.#source.clock.now();
        if (this.#ended && this.#source.clock.now() - this.#failingSince > lostAfterMs)
          return yield* this.#giveUp(end.why);
        this.#resume(reading);
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
        return yield* this.#endRotated(reading);
      } else if (end.as === 'passed' || (this.#start.at === 'mark' && !reading.found))
        yield* this.#widenSearch(reading);
      else if (this.#ended === undefined) {
        this.#resume(reading);
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
        // A clean end and a cut look the same. One more reading that brings nothing confirms the end.
        this.#previous = { tail: reading.tail, missing: reading.missing };
        this.#resume(reading);
        if (this.#start.at === 'mark' && this.#start.mark.nth === 1) this.#start = { ...this.#start, among: 'tail' };
        if (!follow && came) await this.#wait(endFollowsMs);
        follow = false;
      }
    }
  }

  /** Reports whether two readings agree. The text of an error looks like a part of an unfinished line. */
  #isConfirmed({ tail, missing }: LogReading): boolean {
    return tail.equals(this.#previous.tail) && missing === this.#previous.missing;
  }

  /** Sets the next reading to start with the last started line. A reading that did not find its start is repeated. */
  #resume(reading: LogReading): void {
    const { mark } = this.#position;
    if (mark && reading.found) this.#start = { at: 'mark', mark, among: 'later' };
  }

  /** Widens the search for a line that was not found. If the whole file lacks the line, reports lost output. */
  *#widenSearch(reading: LogReading): Generator<Chunk, void, undefined> {
    const { mark, latest } = this.#position;
    if (mark === undefined || latest === undefined) return;
    if (this.#start.at !== 'mark' || this.#start.among !== 'all' || reading.found) {
      const among = this.#start.at === 'mark' && this.#start.among === 'tail' ? 'later' : 'all';
      this.#start = { at: 'mark', mark, among };
      return;
    }
    this.#start = { at: 'after', latest, unsure: unsureBytes(this.#from, this.#position.cursor, mark.cursor) };
    yield this.#lost(missedAfter(mark));
  }

  /** Ends after a complete reading whose file has been rotated since. Only a new file can hold more. */
  *#endRotated(reading: LogReading): Generator<Chunk, void, undefined> {
    const { mark } = this.#position;
    this.#source.checkpoints.done(this.#source.place.container);
    if (mark && reading.sawLater) yield this.#lost(missedAfter(mark));
  }

  *#finish(reading: LogReading): Generator<Chunk, void, undefined> {
    yield* this.#reportUnread(this.#position.cursor);
    const bytes = reading.release();
    if (bytes.length > 0) yield this.#chunk(bytes);
    if (reading.missing > 0)
      yield this.#lost('the log is shorter than before: the node has deleted its beginning, and perhaps more');
    this.#source.checkpoints.done(this.#source.place.container);
  }

  *#giveUp(why: string): Generator<Chunk, void, undefined> {
    this.#source.checkpoints.done(this.#source.place.container);
    yield this.#lost(`output after this point cannot be read: ${why}`);
  }

  #lost(lost: string): Chunk {
    return { stream: 'combined', lost, cursor: this.#position.cursor };
  }

  #chunk(bytes: Buffer): Chunk {
    return { stream: 'combined', bytes, cursor: this.#position.cursor };
  }

  /** @param before the number of streams that ended without bytes since the last bytes */
  async #waitForEnd(before: number): Promise<void> {
    if (this.#ended === undefined) await this.#wait(doubledMs(before, endFollowsMs, longestWaitMs));
  }

  async #untilNoticed(): Promise<void> {
    const { clock } = this.#source;
    const until = clock.now() + unnoticedMs;
    while (!this.#noticed && this.#ended !== false && !this.#signal.aborted && clock.now() < until)
      await this.#wait(until - clock.now());
  }

  /** Pauses before a stream that was cut is reopened. Does not pause if Slipway cut it. */
  async #pause(end: Extract<ReadingEnd, { readonly as: 'cut' }>): Promise<void> {
    const pause = backoffMs(this.#failures++, Math.random());
    if (end.impatient !== true) await this.#wait(pause);
  }

  /** Waits at most this long. A report of the end wakes it up. */
  async #wait(ms: number): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    await settlesWithin(woken, ms, this.#source.clock, this.#signal);
    this.#wake = undefined;
  }

  async *#readOnce(reading: LogReading, follow: boolean): AsyncGenerator<Chunk, ReadingEnd, undefined> {
    const whole = this.#start.at === 'mark' && this.#start.among === 'all';
    let isOpen = false;
    try {
      const answer = await this.#open({ follow: follow && !whole, ...partOf(this.#start) }, silentMs);
      isOpen = true;
      using stream = new LogStream(answer, this.#source.clock);
      if (this.#start.at === 'first')
        this.#unreadMs = Math.max(this.#unreadMs, this.#source.clock.now() - this.#unreadSince);
      this.#markReadable();
      this.#answered = true;
      this.#wake = () => stream.rouse();
      const end = yield* this.#yieldAll(followLog(this.#followed(), stream, reading));
      if (reading.empty) this.#markReadable();
      return end;
    } catch (error) {
      const end = this.#failed(error);
      if (isOpen ? reading.empty && !isTimeout(error) : !this.#answered && end.as === 'cut' && end.waits === true)
        this.#markReadable();
      return end;
    } finally {
      this.#wake = undefined;
    }
  }

  async *#yieldAll(parts: ReturnType<typeof followLog>): AsyncGenerator<Chunk, ReadingEnd, undefined> {
    for (;;) {
      const next = await parts.next();
      if (next.done === true) return next.value;
      yield* this.#reportUnread(this.#position.cursor - next.value.length);
      this.#saveMarks();
      yield this.#chunk(next.value);
      if (this.#signal.aborted) return { as: 'cut', why: 'cancelled' };
    }
  }

  #followed(): FollowedLog {
    return {
      clock: this.#source.clock,
      ended: () => this.#ended,
      terminated: () => this.#terminated,
      currentFile: async () =>
        await firstStamp(this.#source.clock, async (query) => await this.#open(query)).catch(() => undefined),
      late: this.#start.at !== 'first',
      tries: this.#failures,
    };
  }

  /**
   * Reports once that output may be missing before the first line, unless the line was printed as the container
   * started.
   */
  *#reportUnread(cursor: Cursor): Generator<Chunk, void, undefined> {
    if (this.#unreadMs > rotatedAfterMs && this.#from === 0 && !this.#beganAtStart())
      yield { stream: 'combined', lost: unreadFor(this.#unreadMs), cursor };
    this.#unreadMs = 0;
    this.#unreadSince = Infinity;
  }

  #beganAtStart(): boolean {
    const startedAt = this.#source.startedAt?.();
    const first = this.#position.first?.stamp;
    return (
      startedAt !== undefined &&
      first !== undefined &&
      first.seconds * 1_000 + first.nanos / 1e6 < startedAt + beginsWithinMs
    );
  }

  /**
   * Records that the log was readable until now, or empty. Output from now on cannot be rotated away unread for a
   * while.
   */
  #markReadable(): void {
    this.#unreadSince = Math.max(this.#unreadSince, this.#source.clock.now());
  }

  #saveMarks(): void {
    const { mark, first } = this.#position;
    const { checkpoints, place } = this.#source;
    if (first) checkpoints.note(place.container, first, false);
    if (mark) checkpoints.note(place.container, mark, this.#start.at === 'after');
  }

  #failed(error: unknown): ReadingEnd {
    return this.#signal.aborted ? { as: 'cut', why: 'cancelled' } : readingFailure(error);
  }

  async #open(
    query: Readonly<Record<string, string | number | boolean>>,
    deadlineMs?: number,
  ): Promise<IncomingMessage> {
    const { namespace, pod, container } = this.#source.place;
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
    return await this.#source.client.open('GET', path, {
      query: { container, timestamps: true, ...query },
      signal: this.#signal,
      ...(deadlineMs !== undefined && { deadlineMs }),
    });
  }
}

/**
 * Reports whether a connection was given up without a response. It may have been dead for long. Other connections lived
 * until they broke.
 */
function isTimeout(error: unknown): boolean {
  const cause: unknown = error instanceof ClusterLost ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ETIMEDOUT';
}

/** Reports whether all bytes are certainly from the log and none are missing. */
function isComplete({ tail, missing }: LogReading): boolean {
  return tail.length === 0 && missing === 0;
}

function unreadFor(ms: number): string {
  return `the log could not be read for ${Math.round(ms / 1_000)} s: the node may have deleted output of that time`;
}

function missedAfter({ stamp }: LogMark): string {
  return `the node may have deleted output after ${stampText(stamp)} before it was read`;
}

/** Some pieces of a longer line may be in a file that starts in the line's middle. */
const onePiece = 4 * 1024;

/**
 * Returns how many of the next bytes may have been returned before: those after the missing line, if another process
 * returned them, or if the line is so long that it is stored in pieces.
 */
function unsureBytes(from: Cursor, cursor: Cursor, mark: Cursor): number {
  const given = cursor - mark;
  return cursor === from || given > onePiece ? given : 0;
}
