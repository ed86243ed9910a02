import type { Retention } from '../store/store.ts';
import { parseAge, parseBytes, parseNumber } from './run-flags.ts';

/** docs/design/product.md, "Retention": what is kept where nobody says otherwise. */
const standard = { maxAgeMs: 30 * 86_400_000, maxRunsPerProject: 200, maxBytes: 10_000_000_000 };

/**
 * The standard, as `SLIPWAY_KEEP_AGE`, `SLIPWAY_KEEP_RUNS` and `SLIPWAY_KEEP_SIZE` change it; what they say wrongly is
 * passed over.
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
