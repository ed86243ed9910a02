import type { Retention } from '../store/store.ts';
import { parseAge, parseBytes, parseNumber } from './run-flags.ts';

/** The default retention (docs/design/product.md, "Retention"). */
const standard = { maxAgeMs: 30 * 86_400_000, maxRunsPerProject: 200, maxBytes: 10_000_000_000 };

/**
 * Returns the default retention with the changes of `SLIPWAY_KEEP_AGE`, `SLIPWAY_KEEP_RUNS` and `SLIPWAY_KEEP_SIZE`.
 * Ignores invalid values.
 */
export function retentionOf(env: Readonly<Record<string, string | undefined>>, now: number): Retention {
  return {
    now,
    cautious: true,
    maxAgeMs: read(env['SLIPWAY_KEEP_AGE'], parseAge) ?? standard.maxAgeMs,
    maxRunsPerProject: read(env['SLIPWAY_KEEP_RUNS'], parseNumber) ?? standard.maxRunsPerProject,
    maxBytes: read(env['SLIPWAY_KEEP_SIZE'], parseBytes) ?? standard.maxBytes,
  };
}

function read(text: string | undefined, parse: (text: string) => number): number | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
