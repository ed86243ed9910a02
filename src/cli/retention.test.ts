import { describe, expect, it } from 'vitest';
import { retentionOf } from './retention.ts';

const day = 86_400_000;
const standard = { now: 5, cautious: true, maxAgeMs: 30 * day, maxRunsPerProject: 200, maxBytes: 10_000_000_000 };

describe('what is kept where nobody says otherwise', () => {
  it.each([
    ['nothing is set', {}, standard],
    [
      'all is set',
      { SLIPWAY_KEEP_AGE: '90d', SLIPWAY_KEEP_RUNS: '50', SLIPWAY_KEEP_SIZE: '2GB' },
      { now: 5, cautious: true, maxAgeMs: 90 * day, maxRunsPerProject: 50, maxBytes: 2_000_000_000 },
    ],
    [
      'it is set to nothing, or to nonsense',
      { SLIPWAY_KEEP_AGE: '', SLIPWAY_KEEP_RUNS: 'many', SLIPWAY_KEEP_SIZE: '-1' },
      standard,
    ],
  ])('when %s', (_, env, expected) => expect(retentionOf(env, 5)).toEqual(expected));
});
