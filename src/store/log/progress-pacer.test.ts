import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { settled } from '../../../test/rigs/step-work.ts';
import type { Clock } from '../../model/clock.ts';
import type { StepId } from '../../model/ids.ts';
import type { Observation } from '../../model/work.ts';
import { ProgressPacer, subjectOf, type ObservedEvent } from './progress-pacer.ts';

function observed(fact: Observation, step = '1.1.1', attempt = 1): ObservedEvent {
  return { type: 'step.observed', step: step as StepId, attempt, fact };
}

const progress = (current: number, subject = 'upload', step?: string) =>
  observed({ type: 'progress', subject, current }, step);

function rig() {
  const clock = new ManualClock(0);
  const passed: string[] = [];
  const pacer = new ProgressPacer(clock, ({ step, fact }) => {
    if (fact.type !== 'progress') throw new Error(fact.type);
    passed.push(`${clock.now()} ${step} ${fact.subject} ${fact.current}`);
  });
  return { clock, passed, pacer };
}

/** A clock whose sleepers wake when the test says so, oldest first, although their time has come. */
class LateClock implements Clock {
  time = 0;
  readonly #sleepers: (() => void)[] = [];

  now(): number {
    return this.time;
  }

  async sleep(): Promise<void> {
    await new Promise<void>((resolve) => this.#sleepers.push(resolve));
  }

  async wake(): Promise<void> {
    this.#sleepers.shift()?.();
    await settled();
  }
}

describe('the pacer of progress', () => {
  it('passes the first on at once, then the newest of each quarter of a second', async () => {
    const { clock, passed, pacer } = rig();
    pacer.pace(progress(1));
    await clock.advance(100);
    pacer.pace(progress(2));
    pacer.pace(progress(3));
    expect(clock.sleeping).toBe(1);
    await clock.advance(149);
    expect(passed).toEqual(['0 1.1.1 upload 1']);
    await clock.advance(1);
    expect(passed.slice(1)).toEqual(['250 1.1.1 upload 3']);
    pacer.pace(progress(4));
    await clock.advance(250);
    expect(passed.slice(2)).toEqual(['500 1.1.1 upload 4']);
    await clock.advance(249);
    pacer.pace(progress(5));
    await clock.advance(1);
    pacer.pace(progress(6));
    expect(passed.slice(3)).toEqual(['750 1.1.1 upload 5']);
    await clock.advance(10_000);
    pacer.pace(progress(7));
    expect(passed.slice(4)).toEqual(['1000 1.1.1 upload 6', '10750 1.1.1 upload 7']);
  });

  it('passes on at once what comes just a quarter of a second later', async () => {
    const { clock, passed, pacer } = rig();
    pacer.pace(progress(1));
    await clock.advance(250);
    pacer.pace(progress(2));
    expect(passed).toEqual(['0 1.1.1 upload 1', '250 1.1.1 upload 2']);
  });

  it('passes on nothing old after something new when timers are late', async () => {
    const clock = new LateClock();
    const passed: number[] = [];
    const pacer = new ProgressPacer(clock, ({ fact }) => void passed.push('current' in fact ? (fact.current ?? 0) : 0));
    pacer.pace(progress(1));
    pacer.pace(progress(2));
    clock.time = 300;
    pacer.pace(progress(3));
    await clock.wake();
    expect(passed).toEqual([1, 3]);
    // Two timers are late: the first is not that of the held event.
    pacer.pace(progress(4));
    clock.time = 600;
    pacer.pace(progress(5));
    clock.time = 610;
    pacer.pace(progress(6));
    await clock.wake();
    expect(passed).toEqual([1, 3, 5]);
    await clock.wake();
    expect(passed).toEqual([1, 3, 5, 6]);
  });

  it('counts a quarter of a second from a flush, whatever timers still run', async () => {
    const { clock, passed, pacer } = rig();
    pacer.pace(progress(1));
    pacer.pace(progress(2));
    await clock.advance(10);
    pacer.flush('1.1.1');
    await clock.advance(239);
    pacer.pace(progress(3));
    await clock.advance(10);
    expect(passed.slice(1)).toEqual(['10 1.1.1 upload 2']);
    await clock.advance(1);
    expect(passed.slice(2)).toEqual(['260 1.1.1 upload 3']);
  });

  it('paces subjects and steps apart', () => {
    const { passed, pacer } = rig();
    pacer.pace(progress(1));
    pacer.pace(progress(2, 'other'));
    pacer.pace(progress(3, 'upload', '1.1.2'));
    expect(passed).toHaveLength(3);
  });

  it('passes on what is held of a step before something else of it, and only once', async () => {
    const { clock, passed, pacer } = rig();
    pacer.pace(progress(1));
    pacer.pace(progress(1, 'upload', '1.1.2'));
    pacer.pace(progress(2));
    pacer.pace(progress(2, 'upload', '1.1.2'));
    await clock.advance(10);
    pacer.flush('1.1.1');
    pacer.flush('1.1.1');
    pacer.flush('1.1.9');
    expect(passed.slice(2)).toEqual(['10 1.1.1 upload 2']);
    // The next quarter of a second counts from then.
    await clock.advance(245);
    pacer.pace(progress(3));
    expect(passed.slice(3)).toEqual(['250 1.1.2 upload 2']);
    await clock.advance(5);
    expect(passed.slice(4)).toEqual(['260 1.1.1 upload 3']);
  });

  it('passes on everything that is held when all shall be stored', () => {
    const { passed, pacer } = rig();
    for (const current of [1, 2])
      for (const [subject, step] of [
        ['a', '1.1.1'],
        ['b', '1.1.1'],
        ['a', '1.1.2'],
      ] as const)
        pacer.pace(progress(current, subject, step));
    pacer.flushAll();
    expect(passed.slice(3)).toEqual(['0 1.1.1 a 2', '0 1.1.1 b 2', '0 1.1.2 a 2']);
  });

  it('forgets a step that has ended', () => {
    const { passed, pacer } = rig();
    pacer.pace(progress(1));
    pacer.forget('1.1.1');
    pacer.pace(progress(2));
    expect(passed).toEqual(['0 1.1.1 upload 1', '0 1.1.1 upload 2']);
  });

  it('passes nothing on after it was closed, and sleeps no more', async () => {
    const { clock, passed, pacer } = rig();
    pacer.pace(progress(1));
    pacer.pace(progress(2));
    pacer.close();
    await settled();
    expect(clock.sleeping).toBe(0);
    await clock.advance(1_000);
    expect(passed).toHaveLength(1);
  });

  it('passes on the newest at last, never twice, in order, at most once in a quarter of a second unless flushed', async () => {
    const move = fc.record({ flush: fc.boolean(), waitMs: fc.nat(400) });
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 15 }), fc.boolean(), async (moves, flushes) => {
        const { clock, passed, pacer } = rig();
        for (const [index, { flush, waitMs }] of moves.entries()) {
          pacer.pace(progress(index));
          if (flush && flushes) pacer.flush('1.1.1');
          await clock.advance(waitMs);
        }
        await clock.advance(250);
        const told = passed.map((line) => Number(line.split(' ').at(-1)));
        const times = passed.map((line) => Number(line.split(' ')[0]));
        expect(told).toEqual([...new Set(told)].sort((x, y) => x - y));
        expect(told[0]).toBe(0);
        expect(told.at(-1)).toBe(moves.length - 1);
        if (!flushes) times.slice(1).forEach((time, index) => expect(time - times[index]!).toBeGreaterThanOrEqual(250));
        expect(clock.sleeping).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

it.each<[Observation, string | undefined]>([
  [{ type: 'progress', subject: 's', current: 1 }, '2 progress s'],
  [{ type: 'image.pulling', image: 'i' }, '2 image.pulling i'],
  [{ type: 'image.pushing', image: 'i' }, '2 image.pushing i'],
  [{ type: 'image.pulled', image: 'i' }, undefined],
  [{ type: 'noted', level: 'info', message: 'm' }, undefined],
])('%j is about %j', (fact, subject) => {
  expect(subjectOf(observed(fact, '1.1.1', 2))).toBe(subject);
});
