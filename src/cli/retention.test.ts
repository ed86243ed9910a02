import { describe, expect, it } from 'vitest';
import { retentionOf } from './retention.ts';

const day = 86_400_000;
const standard = { now: 5, cautious: true, maxAgeMs: 30 * day, maxRunsPerProject: 200, maxBytes: 10_000_000_000 };

describe('the default retention', () => {
  it.each([
    ['nothing is set', {}, standard],
    [
      'all is set',
      { SLIPWAY_KEEP_AGE: '90d', SLIPWAY_KEEP_RUNS: '50', SLIPWAY_KEEP_SIZE: '2GB' },
      { now: 5, cautious: true, maxAgeMs: 90 * day, maxRunsPerProject: 50, maxBytes: 2_000_000_000 },
    ],
    ['it is set to nothing', { SLIPWAY_KEEP_AGE: '' }, standard],
  ])('when %s', (_, env, expected) => {
    const mistakes: string[] = [];
    expect(retentionOf(env, 5, (mistake) => mistakes.push(mistake))).toEqual(expected);
    expect(mistakes).toEqual([]);
  });

  it('reports each invalid value, and uses its default', () => {
    const mistakes: string[] = [];
    const env = { SLIPWAY_KEEP_AGE: 'soon', SLIPWAY_KEEP_RUNS: 'many', SLIPWAY_KEEP_SIZE: '-1' };
    expect(retentionOf(env, 5, (mistake) => mistakes.push(mistake))).toEqual(standard);
    expect(mistakes).toEqual([
      'SLIPWAY_KEEP_AGE is `soon`, but it must be a duration such as 30d, 12h or 90m',
      'SLIPWAY_KEEP_RUNS is `many`, but it must be an integer of at least 0',
      'SLIPWAY_KEEP_SIZE is `-1`, but it must be a size such as 10GB, 512MiB or 1000000',
    ]);
  });
});
