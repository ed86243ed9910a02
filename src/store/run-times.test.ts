import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confirmedTime, plausibleTimes } from './run-times.ts';

const now = 1_000;
const year = 1_000_000;

function times(...told: (number | [created: number, finished: number])[]): number[] {
  const runs = told.map((at, index) => {
    const [createdAt, finishedAt] = typeof at === 'number' ? [at, undefined] : at;
    return { project: 'p', number: index + 1, createdAt, ...(finishedAt !== undefined && { finishedAt }) };
  });
  const known = plausibleTimes(runs.toReversed(), now);
  return runs.map((run) => known.get(run) ?? NaN);
}

describe('the times of the runs of a project', () => {
  it.each<[string, Parameters<typeof times>, number[]]>([
    ['are those of the clocks', [1, 2, [3, 4], 5], [1, 2, 4, 5]],
    ['of a clock that was ahead are those of the next run', [1, 10 * year, 3], [1, 3, 3]],
    ['of a clock that was ahead in the newest run are now', [1, 10 * year], [1, now]],
    ['of a clock that was ahead at the end are those of the beginning', [[1, 10 * year], 2], [1, 2]],
    ['of a clock that was behind are those of the next run', [500, -10 * year, 600], [500, 600, 600]],
    ['of a clock that was behind in the newest run are now', [500, 3], [500, now]],
    [
      'of a clock that was ahead by less than the time since make the runs between as young',
      [1, 900, 3, 4, 950],
      [1, 900, 950, 950, 950],
    ],
    ['may be now itself', [5, now], [5, now]],
    ['may be equal', [5, 5, 5], [5, 5, 5]],
    ['with a clock that is behind now are now', [2_000, 3_000], [now, now]],
  ])('%s', (_, told, expected) => expect(times(...told)).toEqual(expected));

  it('never fall, and are never ahead of now', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2 * now, max: 3 * now }), { maxLength: 12 }), (told) => {
        const found = times(...told);
        expect(found).toEqual(found.toSorted((a, b) => a - b));
        expect(found.every((time) => time <= now)).toBe(true);
      }),
    );
  });
});

describe('the confirmed time', () => {
  it.each<[string, number[], number]>([
    ['without runs is now', [], now],
    ['with one run is now', [5], now],
    ['is of the newest but one', [1, 700, 900], 700],
    ['is now where two runs are of now', [1, now, now], now],
    ['does not count what is ahead', [1, 700, 900, 10 * year], 700],
  ])('%s', (_, told, expected) => {
    expect(
      confirmedTime(
        told.map((createdAt, index) => ({ project: `p${index}`, number: 1, createdAt })),
        now,
      ),
    ).toBe(expected);
  });
});
