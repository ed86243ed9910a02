import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRunId, makeRunId, nextRunId } from './ids.ts';

const random = new Uint8Array(10).fill(7);
const anyRandom = fc.uint8Array({ minLength: 10, maxLength: 10 });
const year = 31_536_000_000;

describe('the id of the next run', () => {
  it('is of its time, where the clock only went on', () => {
    expect(nextRunId(2_000, random, makeRunId(1_000, random))).toBe(makeRunId(2_000, random));
    expect(nextRunId(2_000, random)).toBe(makeRunId(2_000, random));
  });

  it('comes after every earlier one, whatever the clock did meanwhile', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ now: fc.integer({ min: -year, max: 1_000 * year }), bytes: anyRandom }), {
          maxLength: 20,
        }),
        (runs) => {
          const ids: ReturnType<typeof nextRunId>[] = [];
          for (const { now, bytes } of runs) ids.push(nextRunId(now, bytes, ids.at(-1)));
          expect(ids.every(isRunId)).toBe(true);
          expect(ids).toEqual(ids.toSorted());
          expect(new Set(ids).size).toBe(ids.length);
        },
      ),
    );
  });
});
