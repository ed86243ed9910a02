import { describe, expect, it } from 'vitest';
import { iterationState, type IterationState } from '../events/run-state.ts';
import { floorAt } from './log-cutter.ts';

/** Iterations that were planned by the events 10, 20, 30, … */
function iterations(...outputBytes: readonly number[]): IterationState[] {
  const workspace = { digest: 'sha256:0' as never, files: 0, bytes: 0 };
  return outputBytes.map((bytes, index) => ({
    ...iterationState({ type: 'iteration.planned', iteration: index + 1, stages: [], workspace, variables: [] }),
    plannedBy: (index + 1) * 10,
    outputBytes: bytes,
  }));
}

describe('the floor of a log that keeps 2 iterations and 100 bytes', () => {
  const policy = { keepIterations: 2, keepOutputBytes: 100 };

  it.each<[string, number[], number, number | undefined]>([
    ['no iteration', [], 0, undefined],
    ['one', [0], 0, undefined],
    ['three: fewer than twice the limit', [0, 0, 0], 0, undefined],
    ['four', [0, 0, 0, 0], 0, 29],
    ['five', [0, 0, 0, 0, 0], 0, 39],
    ['four above an older floor', [0, 0, 0, 0, 0, 0], 25, 49],
    ['three above an older floor', [0, 0, 0, 0, 0], 25, undefined],
    ['twice the bytes', [100, 50, 50], 0, undefined],
    ['more than twice the bytes', [101, 50, 50], 0, 19],
    ['so many bytes that only the last one stays', [10, 150, 60], 0, 29],
    ['a last one that is too long alone', [10, 1, 500], 0, 29],
    ['a single one that is too long', [500], 0, undefined],
    ['one above an older floor that is too long', [500, 500], 15, undefined],
  ])('with %s', (_, bytes, floor, expected) => {
    expect(floorAt({ iterations: iterations(...bytes), floor }, policy)).toBe(expected);
  });
});
