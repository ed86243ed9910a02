import type { IncomingMessage } from 'node:http';
import { ClusterLost, hasStatus } from '../../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../../clusters/api/cluster-client.ts';
import type { PodPlace } from '../../../clusters/api/remote-command.ts';
import { backoffMs } from '../../../clusters/api/retry.ts';
import type { Clock } from '../../../model/clock.ts';
import type { LogChunk, LogPosition as Position } from '../../running-container.ts';
import type { StatusFeed } from '../../status-feed.ts';
import { firstStamp } from '../workload/first-stamp.ts';
import { markOf, markText } from '../workload/log-checkpoints.ts';
import { followLog, silentMs, type ReadingEnd } from '../workload/log-follow.ts';
import { LogPosition } from '../workload/log-position.ts';
import { LogReading } from '../workload/log-reading.ts';
import { partOf, type LogStart } from '../workload/log-search.ts';
import { stampOf, stampText, type LogStamp } from '../workload/log-stamp.ts';
import { LogStream } from '../workload/log-stream.ts';
import { readingFailure } from '../workload/reading-failure.ts';
import { doubledMs } from '../../../util/doubled-ms.ts';

/*
 * Each process of a container has a log of its own. The cluster serves two of them: that of the current process (of the
 * last one, while the container waits for its restart), and that of the process before (`previous`). The API does not
 * say which process a response is about, and statuses are late. So:
 *
 * - A log is known by the time stamp of its first line.
 * - A stream belongs to one process from its beginning to its end.
 * - `#read` is the previous log that has been read to its end. If the previous log is another one before or after the
 *   current log is opened, the container has restarted: the previous log is read first, from the last known line on.
 *
 * So no process is missed, as long as at most one restart happens between two looks. More are reported as lost output.
 * Lines are found again by their stamps, as in `pod-output.ts`. A cursor counts the bytes of all processes.
 */

export interface RestartingLogSource {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly place: PodPlace;
  readonly feed: StatusFeed;
  /** Reports whether no process can start any more. */
  readonly finished: () => boolean;
}

/** Yields the output of all processes of a container of a pod; see `RunningContainer.logs`. */
export async function* restartingLog(
  source: RestartingLogSource,
  from: Position,
  signal: AbortSignal,
): AsyncGenerator<LogChunk, void, undefined> {
  if (!signal.aborted) yield* new RestartingLog(source, from, signal).all();
}

/** The cluster keeps the logs of so many processes of a container. */
const keptLogs = 2;
/** A stream that ended with the container is followed by a report within this time. Otherwise it was cut. */
const endFollowsMs = 400;
const longestWaitMs = 10_000;

const none = 'none';
const empty = 'empty';

class RestartingLog {
  readonly #position: LogPosition;
  #start: LogStart;
  /** The previous log that needs no more reading. */
  #read: string | undefined;
  /** The rest of the log that was read last is not known to be empty. */
  #unfinished = false;
  #restarts: number | undefined;
  #failures = 0;
  #cleanEnds = 0;
  /** The next bytes are the first ones of another log. */
  #begins = false;
  readonly #source: RestartingLogSource;
  readonly #signal: AbortSignal;
  /** Output before it is left out. */
  readonly #since: LogStamp | undefined;

  constructor(source: RestartingLogSource, from: Position, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    const mark = markOf(from.mark);
    const cursor = from.cursors?.combined ?? mark?.cursor ?? 0;
    this.#position = new LogPosition(cursor);
    this.#since = from.since === undefined ? undefined : stampOf(from.since);
    this.#start = this.#beginning(cursor);
    if (mark === undefined || mark.cursor > cursor) return;
    this.#position.resume(mark);
    this.#start = { at: 'mark', mark, among: 'later' };
    this.#unfinished = true;
  }

  /** Where the wanted output begins. @param unsure this many bytes from there may have been returned */
  #beginning(unsure: number): LogStart {
    return this.#since === undefined ? { at: 'first' } : { at: 'after', latest: this.#since, unsure };
  }

  async *all(): AsyncGenerator<LogChunk, void, undefined> {
    const { clock, feed, finished } = this.#source;
    while (!this.#signal.aborted) {
      const seen = feed.status;
      if (feed.gone) return;
      // There is no log yet.
      if (seen.state.phase === 'waiting' && seen.restarts === 0 && seen.previousEnd === undefined) {
        if (feed.over || finished()) return;
        await feed.changed(seen, this.#signal);
        continue;
      }
      yield* this.#countRestarts(seen.restarts);
      // From here on nothing follows. Known before the reading, so the reading is complete.
      const last = finished();
      const end = yield* this.#pass();
      if (this.#signal.aborted) return;
      if (end.as === 'gone') {
        yield* this.#giveUp(end.why);
        // Without its pod, or without the permission, nothing can come. A lost log is one of several.
        if (!end.why.includes('is terminated') || last || feed.over) return;
        await feed.changed(seen, this.#signal);
        continue;
      }
      if (end.as === 'restarted' || end.as === 'passed') continue;
      if (end.as === 'cut') {
        if (end.impatient !== true)
          await feed.pause(seen, backoffMs(this.#failures++, Math.random()), clock, this.#signal);
        continue;
      }
      if (end.as === 'stuck') {
        this.#start = { at: 'mark', mark: { cursor: this.#position.cursor, stamp: end.next, nth: 1 }, among: 'later' };
        continue;
      }
      this.#failures = 0;
      if (seen.state.phase === 'running')
        await feed.pause(seen, doubledMs(this.#cleanEnds++, endFollowsMs, longestWaitMs), clock, this.#signal);
      else if (last || feed.over) return;
      else await feed.changed(seen, this.#signal);
    }
  }

  /** Reads the previous log if it has not been read, and the current one otherwise. */
  async *#pass(): AsyncGenerator<LogChunk, ReadingEnd | { readonly as: 'restarted' }, undefined> {
    try {
      const previous = await this.#previous();
      if (previous === this.#read) return yield* this.#readCurrent(previous);
      yield* this.#readPrevious(previous);
      return { as: 'restarted' };
    } catch (error) {
      if (this.#signal.aborted) return { as: 'cut', why: 'cancelled' };
      return readingFailure(error);
    }
  }

  async *#readPrevious(previous: string): AsyncGenerator<LogChunk, void, undefined> {
    const { mark } = this.#position;
    if (previous === none || previous === empty) {
      // At the first look nothing is known of the current log: it is read from where this reader starts.
      if (this.#read !== undefined) {
        if (this.#unfinished && mark) yield this.#lost(endMissing(mark.stamp));
        this.#nextLog(0);
      }
    } else if (mark === undefined) {
      const reading = yield* this.#readWhole(this.#beginning(this.#position.cursor));
      this.#nextLog(reading.missing);
    } else {
      let reading = yield* this.#readWhole({ at: 'mark', mark, among: 'later' });
      if (!reading.found) reading = yield* this.#readWhole({ at: 'mark', mark, among: 'all' });
      if (reading.found) this.#nextLog(reading.missing);
      else if (reading.sawLater) {
        // The process of the mark is not the one before the current one, either.
        if (this.#unfinished) yield this.#lost(endMissing(mark.stamp));
        const { latest = mark.stamp } = this.#position;
        yield* this.#readWhole({ at: 'after', latest, unsure: 0 });
        this.#nextLog(0);
      } else this.#start = { at: 'mark', mark, among: 'later' };
    }
    // If it was another process's log by then, the next pass finds that one, and reads its rest.
    this.#read = previous;
  }

  /** The log of the current process has not been read. */
  #nextLog(unsure: number): void {
    const { latest } = this.#position;
    this.#start = latest === undefined ? this.#beginning(unsure) : { at: 'after', latest, unsure };
    this.#unfinished = false;
    this.#cleanEnds = 0;
    this.#begins = true;
  }

  /** Reads the previous log from a place to its end. Throws if it is cut. */
  async *#readWhole(start: LogStart): AsyncGenerator<LogChunk, LogReading, undefined> {
    const reading = new LogReading(start, this.#position);
    using stream = new LogStream(await this.#open({ previous: true, ...partOf(start) }), this.#source.clock);
    const end = yield* this.#drain(stream, reading);
    if (end.as === 'cut') throw new ClusterLost(end.why);
    if (end.as === 'end' && (reading.found || start.at === 'first')) yield* this.#release(reading);
    return reading;
  }

  async *#readCurrent(
    previous: string,
  ): AsyncGenerator<LogChunk, ReadingEnd | { readonly as: 'restarted' }, undefined> {
    const { feed, clock } = this.#source;
    const seen = feed.status;
    const runs = seen.state.phase === 'running';
    const whole = this.#start.at === 'mark' && this.#start.among === 'all';
    const before = this.#position.cursor;
    const reading = new LogReading(this.#start, this.#position);
    using stream = new LogStream(await this.#open({ follow: runs && !whole, ...partOf(this.#start) }), clock);
    if ((await this.#previous()) !== previous) return { as: 'restarted' };
    this.#unfinished = true;
    const left = new AbortController();
    void feed.changed(seen, AbortSignal.any([left.signal, this.#signal])).then(() => stream.rouse());
    let end: ReadingEnd;
    try {
      end = runs && !whole ? yield* this.#follow(stream, reading) : yield* this.#drain(stream, reading);
    } catch (error) {
      end = this.#signal.aborted ? { as: 'cut', why: 'cancelled' } : readingFailure(error);
    } finally {
      left.abort();
    }
    if (this.#position.cursor > before) this.#failures = this.#cleanEnds = 0;
    const isSearching = this.#start.at === 'mark' && !reading.found;
    if (end.as === 'passed' || (end.as === 'end' && isSearching)) {
      yield* this.#widenSearch(reading);
      return { as: 'passed' };
    }
    if (end.as === 'end') {
      this.#unfinished = false;
      if (!runs) yield* this.#release(reading);
    }
    const { mark } = this.#position;
    if (mark && reading.found) this.#start = { at: 'mark', mark, among: 'later' };
    return end;
  }

  async *#follow(stream: LogStream, reading: LogReading): AsyncGenerator<LogChunk, ReadingEnd, undefined> {
    const { feed, clock } = this.#source;
    const hasEnded = () => feed.status.state.phase !== 'running';
    const log = {
      clock,
      ended: () => (hasEnded() ? true : undefined),
      terminated: hasEnded,
      currentFile: async () => await firstStamp(clock, async (query) => await this.#open(query)).catch(() => undefined),
      late: this.#start.at !== 'first',
      tries: this.#failures,
    };
    const parts = followLog(log, stream, reading);
    for (;;) {
      const next = await parts.next();
      if (next.done === true) return next.value;
      yield this.#chunk(next.value);
      if (this.#signal.aborted) return { as: 'cut', why: 'cancelled' };
    }
  }

  /** Reads a response that ends by itself. */
  async *#drain(stream: LogStream, reading: LogReading): AsyncGenerator<LogChunk, ReadingEnd, undefined> {
    for (;;) {
      const part = await stream.next(silentMs);
      if (part === 'roused') continue;
      if (part === 'silent') return { as: 'cut', why: 'the connection timed out' };
      const bytes = part === 'end' ? undefined : reading.push(part);
      if (bytes !== undefined && bytes.length > 0) yield this.#chunk(bytes);
      if (part === 'end') reading.end();
      if (reading.foreign !== undefined) return { as: 'cut', why: reading.foreign };
      if (reading.stopped) return { as: 'passed' };
      if (part === 'end') return { as: 'end' };
      if (this.#signal.aborted) return { as: 'cut', why: 'cancelled' };
    }
  }

  /** Returns the unfinished last line of a log that has ended. */
  *#release(reading: LogReading): Generator<LogChunk, void, undefined> {
    const bytes = reading.release();
    if (bytes.length > 0) yield this.#chunk(bytes);
  }

  /** Widens the search for a line of the current log. If the whole file lacks it, the file was rotated. */
  *#widenSearch(reading: LogReading): Generator<LogChunk, void, undefined> {
    const { mark, latest } = this.#position;
    if (mark === undefined || latest === undefined) return;
    if (this.#start.at !== 'mark' || this.#start.among !== 'all' || reading.found) {
      this.#start = { at: 'mark', mark, among: this.#start.at === 'mark' ? 'all' : 'later' };
      return;
    }
    this.#start = { at: 'after', latest, unsure: 0 };
    yield this.#lost(endMissing(mark.stamp));
  }

  /** Reports the processes whose logs no reading can have seen. */
  *#countRestarts(now: number): Generator<LogChunk, void, undefined> {
    const missed =
      this.#restarts === undefined
        ? this.#position.cursor > 0 || this.#position.mark !== undefined || this.#since !== undefined
          ? 0
          : now + 1 - keptLogs
        : now - this.#restarts - keptLogs;
    if (missed > 0)
      yield this.#lost(`the cluster no longer has the output of ${missed} earlier start${missed === 1 ? '' : 's'}`);
    this.#restarts = now;
  }

  *#giveUp(why: string): Generator<LogChunk, void, undefined> {
    if (!this.#source.feed.gone && !/not found/.test(why))
      yield this.#lost(`output after this point cannot be read: ${why}`);
  }

  #chunk(bytes: Buffer): LogChunk {
    const begins = this.#begins && { begins: true as const };
    this.#begins = false;
    return { stream: 'combined', bytes, cursor: this.#position.cursor, ...this.#mark, ...begins };
  }

  #lost(lost: string): LogChunk {
    return { stream: 'combined', lost, cursor: this.#position.cursor, ...this.#mark };
  }

  get #mark(): Pick<LogChunk, 'mark'> {
    const { mark } = this.#position;
    return mark === undefined ? {} : { mark: markText(mark) };
  }

  /** Returns what identifies the previous log. */
  async #previous(): Promise<string> {
    try {
      const { clock } = this.#source;
      const stamp = await firstStamp(clock, async (query) => await this.#open({ previous: true, ...query }));
      return stamp === undefined ? empty : stampText(stamp);
    } catch (error) {
      if (hasStatus(error, 400)) return none;
      throw error;
    }
  }

  async #open(query: Readonly<Record<string, string | number | boolean>>): Promise<IncomingMessage> {
    const { client, place } = this.#source;
    const path = `/api/v1/namespaces/${place.namespace}/pods/${place.pod}/log`;
    return await client.open('GET', path, {
      query: { container: place.container, timestamps: true, ...query },
      signal: this.#signal,
      deadlineMs: silentMs,
    });
  }
}

function endMissing(stamp: Parameters<typeof stampText>[0]): string {
  return `output after the line of ${stampText(stamp)} may be missing: the cluster no longer has it`;
}
