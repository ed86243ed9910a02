import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** Returns a digest of 64 bits. Equal values have equal digests, whatever the order of their keys. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}
