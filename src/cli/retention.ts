import type { Retention } from '../store/store.ts';
import { quoted } from '../util/visible.ts';
import { reasonOf } from './command-line-mistakes.ts';
import { parseAge, parseBytes, parseNumber } from './run-flags.ts';

/** The default retention (docs/design/product.md, "Retention"). */
const standard = { maxAgeMs: 30 * 86_400_000, maxRunsPerProject: 200, maxBytes: 10_000_000_000 };

/**
 * Returns the default retention with the changes of `SLIPWAY_KEEP_AGE`, `SLIPWAY_KEEP_RUNS` and `SLIPWAY_KEEP_SIZE`.
 * @param report called for each invalid value, with a clause; the default is used in its place
 */
export function retentionOf(
  env: Readonly<Record<string, string | undefined>>,
  now: number,
  report: (mistake: string) => void,
): Retention {
  const read = (name: string, parse: (text: string) => number): number | undefined => {
    const text = env[name];
    if (text === undefined || text === '') return undefined;
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      report(`${name} is ${quoted(text)}, but ${reasonOf(error)}`);
      return undefined;
    }
  };
  return {
    now,
    cautious: true,
    maxAgeMs: read('SLIPWAY_KEEP_AGE', parseAge) ?? standard.maxAgeMs,
    maxRunsPerProject: read('SLIPWAY_KEEP_RUNS', parseNumber) ?? standard.maxRunsPerProject,
    maxBytes: read('SLIPWAY_KEEP_SIZE', parseBytes) ?? standard.maxBytes,
  };
}
