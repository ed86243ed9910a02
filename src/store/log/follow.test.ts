import { describe, expect, it } from 'vitest';
import { finished, noted, output } from '../../../test/rigs/store-rig.ts';
import { settled } from '../../../test/rigs/step-work.ts';
import type { StampedEvent, StoredEvent } from '../../events/event.ts';
import type { RunId } from '../../model/ids.ts';
import { onAbort } from '../../util/abort.ts';
import { cost, TurnBudget } from '../turn-budget.ts';
import { entryOf, LazyPage } from './event-page.ts';
import { followLog, type FollowedLog, type FollowRequest } from './follow.ts';

/** A log whose pages have two events; those from `recentFrom` on are kept in memory. */
class PagedLog implements FollowedLog {
  readonly turn = new TurnBudget();
  readonly stored: StoredEvent[] = [];
  recentFrom = Infinity;
  over = false;
  waiting = 0;
  pages = 0;
  #wake = new Set<() => void>();
  headFails: Error | undefined;

  append(...events: readonly StampedEvent[]): void {
    for (const event of events)
      this.stored.push({ ...event, run: 'run' as RunId, epoch: 1, seq: this.stored.length + 1 });
    this.wake();
  }

  wake(): void {
    for (const one of [...this.#wake]) one();
  }

  async head(): Promise<number> {
    if (this.headFails !== undefined) throw this.headFails;
    return await Promise.resolve(this.stored.length);
  }

  recent(after: number): LazyPage | undefined {
    if (after + 1 < this.recentFrom) return undefined;
    const events = this.stored.slice(after, after + 3);
    return events.length === 0 ? undefined : pageOf(events, after + events.length);
  }

  async page(after: number, structural: boolean) {
    this.pages += 1;
    const looked = this.stored.slice(after, after + 2);
    const events = structural ? looked.filter(({ type }) => type !== 'output') : looked;
    return await Promise.resolve(pageOf(events, after + looked.length));
  }

  async isOver(): Promise<boolean> {
    return await Promise.resolve(this.over);
  }

  async changed(after: number, signal: AbortSignal): Promise<void> {
    if (this.stored.length > after) return;
    this.waiting += 1;
    await new Promise<void>((resolve) => {
      const wake = () => (this.#wake.delete(wake), listener[Symbol.dispose](), resolve());
      const listener = onAbort([signal], () => queueMicrotask(wake));
      if (!signal.aborted) this.#wake.add(wake);
    });
    this.waiting -= 1;
  }
}

function pageOf(events: readonly StoredEvent[], through: number): LazyPage {
  return new LazyPage(
    events.map((event) => entryOf(event)),
    through,
  );
}

function logOf(...events: readonly StampedEvent[]): PagedLog {
  const log = new PagedLog();
  log.append(...events);
  return log;
}

/** Follows to the end; what has come so far is in `seqs`. */
function start(log: PagedLog, request: Partial<FollowRequest> = {}) {
  const stop = new AbortController();
  const state = { seqs: [] as number[], done: false, error: undefined as unknown };
  const events = followLog(log, { after: 0, until: 'forever', structural: false, signals: [stop.signal], ...request });
  const reading = (async () => {
    for await (const { seq } of events) state.seqs.push(seq);
  })();
  reading.then(
    () => (state.done = true),
    (error: unknown) => (state.error = error),
  );
  return { state, stop, reading };
}

const notes = (count: number) => Array.from({ length: count }, (_, index) => noted(`${index}`));

async function untilWaiting(log: PagedLog): Promise<void> {
  await settled();
  for (let turn = 0; turn < 50 && log.waiting === 0; turn++) await settled();
  expect(log.waiting).toBe(1);
}

describe('a follower', () => {
  it('is handed what is stored, page by page, then what comes, each once', async () => {
    const log = logOf(...notes(5));
    const { state, stop, reading } = start(log);
    await untilWaiting(log);
    expect(state.seqs).toEqual([1, 2, 3, 4, 5]);
    log.append(...notes(1));
    await untilWaiting(log);
    log.append(...notes(3));
    await untilWaiting(log);
    expect(state).toMatchObject({ seqs: [1, 2, 3, 4, 5, 6, 7, 8, 9], done: false });
    stop.abort();
    await reading;
    expect(log.waiting).toBe(0);
  });

  it('begins after its cursor', async () => {
    const log = logOf(...notes(5));
    const { state, reading } = start(log, { after: 3, until: 'now' });
    await reading;
    expect(state.seqs).toEqual([4, 5]);
  });

  it('takes from memory what is kept there, without reading', async () => {
    const log = logOf(...notes(5));
    log.recentFrom = 1;
    const { state, reading } = start(log, { until: 'now' });
    await reading;
    expect([state.seqs, log.pages]).toEqual([[1, 2, 3, 4, 5], 0]);
  });

  it('shares the event loop: it enters a turn before each page and each handful from memory', async () => {
    const log = logOf(...notes(5));
    log.recentFrom = 3;
    const costs: number[] = [];
    log.turn.enter = async (costUs) => await Promise.resolve(void costs.push(costUs));
    const { reading } = start(log, { until: 'now' });
    await reading;
    expect(costs).toEqual([cost.readPage, cost.handOverEvents(3)]);
  });

  it.each([1, 4, Infinity])('without output is handed all else, where memory begins at %d', async (recentFrom) => {
    const log = logOf(noted('a'), output('b'), output('c'), output('d'), noted('e'), output('f'), finished());
    log.recentFrom = recentFrom;
    const { state, reading } = start(log, { structural: true, until: 'finished' });
    await reading;
    expect(state.seqs).toEqual([1, 5, 7]);
  });
});

describe('a follower until now', () => {
  it('ends at what was stored at the call, not at the first read', async () => {
    const log = logOf(...notes(3));
    const events = followLog(log, { after: 0, until: 'now', structural: false, signals: [] });
    log.append(...notes(3));
    const seqs: number[] = [];
    for await (const { seq } of events) seqs.push(seq);
    expect(seqs).toEqual([1, 2, 3]);
  });

  it.each([0, 1])('of a log of %d events does not wait', async (count) => {
    const { state, reading } = start(logOf(...notes(count)), { until: 'now' });
    await reading;
    expect(state.seqs).toHaveLength(count);
  });

  it('from beyond the end is handed nothing', async () => {
    const { state, reading } = start(logOf(...notes(2)), { after: 5, until: 'now' });
    await reading;
    expect(state.seqs).toEqual([]);
  });

  it('goes on behind `run.finished`', async () => {
    const { state, reading } = start(logOf(finished(), ...notes(2)), { until: 'now' });
    await reading;
    expect(state.seqs).toEqual([1, 2, 3]);
  });

  it('ends where the log is shorter than it said', async () => {
    const log = logOf(...notes(3));
    const events = followLog(log, { after: 0, until: 'now', structural: false, signals: [] });
    await settled();
    log.stored.length = 1;
    const seqs: number[] = [];
    for await (const { seq } of events) seqs.push(seq);
    expect(seqs).toEqual([1]);
  });

  it('rejects where the end is not known, and only if it is read', async () => {
    const log = logOf();
    log.headFails = new Error('disk');
    followLog(log, { after: 0, until: 'now', structural: false, signals: [] });
    const { reading } = start(log, { until: 'now' });
    await expect(reading).rejects.toThrow('disk');
    await settled();
  });
});

describe('a follower until the run has finished', () => {
  it('ends with `run.finished`', async () => {
    const log = logOf(...notes(2));
    const { state, reading } = start(log, { until: 'finished' });
    await untilWaiting(log);
    log.append(noted('c'), finished(), noted('after'));
    await reading;
    expect(state.seqs).toEqual([1, 2, 3, 4]);
  });

  it('waits while the owner lives, and reads what it appended just before it died', async () => {
    const log = logOf(...notes(1));
    const { state, reading } = start(log, { until: 'finished' });
    await untilWaiting(log);
    log.wake();
    await untilWaiting(log);
    expect(state.done).toBe(false);
    // Found over while something was appended since the last page.
    log.isOver = async () => {
      if (log.stored.length === 1) log.append(noted('last words'));
      return await Promise.resolve(true);
    };
    log.wake();
    await reading;
    expect(state.seqs).toEqual([1, 2]);
  });

  it('that runs for ever goes on behind `run.finished`, whether its owner lives or not', async () => {
    const log = logOf(finished());
    log.over = true;
    const { state, stop, reading } = start(log);
    await untilWaiting(log);
    log.append(noted('after'));
    await untilWaiting(log);
    expect(state).toMatchObject({ seqs: [1, 2], done: false });
    stop.abort();
    await reading;
  });
});

describe('a follower that leaves', () => {
  it('by a signal that is aborted already is handed nothing', async () => {
    const log = logOf(...notes(2));
    const { state, reading } = start(log, { signals: [new AbortController().signal, AbortSignal.abort()] });
    await reading;
    expect([state.seqs, log.pages]).toEqual([[], 0]);
  });

  it('by any of its signals ends in the middle of a page', async () => {
    const log = logOf(...notes(4));
    const stop = new AbortController();
    const seqs: number[] = [];
    const signals = [new AbortController().signal, stop.signal];
    for await (const { seq } of followLog(log, { after: 0, until: 'forever', structural: false, signals })) {
      seqs.push(seq);
      if (seq === 3) stop.abort();
    }
    expect(seqs).toEqual([1, 2, 3]);
  });

  it('by `break` listens no more', async () => {
    const log = logOf(...notes(4));
    const { signal } = new AbortController();
    let listeners = 0;
    const listened = Object.assign(Object.create(signal) as AbortSignal, {
      addEventListener: () => void (listeners += 1),
      removeEventListener: () => void (listeners -= 1),
    });
    Object.defineProperty(listened, 'aborted', { value: false });
    const events = followLog(log, { after: 0, until: 'forever', structural: false, signals: [listened] });
    const iterator = events[Symbol.asyncIterator]();
    await iterator.next();
    expect(listeners).toBe(1);
    await iterator.return?.();
    expect(listeners).toBe(0);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('by `return` ends a `next` that waits', async () => {
    const log = logOf();
    const iterator = followLog(log, { after: 0, until: 'forever', structural: false, signals: [] })[
      Symbol.asyncIterator
    ]();
    const next = iterator.next();
    await untilWaiting(log);
    await iterator.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(log.waiting).toBe(0);
  });

  it('by its end listens no more', async () => {
    const log = logOf(...notes(1));
    const stop = new AbortController();
    let removed = 0;
    stop.signal.removeEventListener = () => void (removed += 1);
    for await (const _ of followLog(log, { after: 0, until: 'now', structural: false, signals: [stop.signal] }));
    expect(removed).toBe(1);
  });

  it('by an error of the log listens no more', async () => {
    const log = logOf();
    log.page = async () => await Promise.reject(new Error('disk'));
    const stop = new AbortController();
    let removed = 0;
    stop.signal.removeEventListener = () => void (removed += 1);
    const events = followLog(log, { after: 0, until: 'forever', structural: false, signals: [stop.signal] });
    await expect(events[Symbol.asyncIterator]().next()).rejects.toThrow('disk');
    expect(removed).toBe(1);
  });

  it('may be followed by another one of the same request', async () => {
    const log = logOf(...notes(2));
    const events = followLog(log, { after: 0, until: 'now', structural: false, signals: [] });
    for (let round = 0; round < 2; round++) {
      const seqs: number[] = [];
      for await (const { seq } of events) seqs.push(seq);
      expect(seqs).toEqual([1, 2]);
    }
  });
});
