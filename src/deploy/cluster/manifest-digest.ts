import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../kubernetes-object.ts';

/** On each object that was applied: the digest of its manifest. */
export const digestAnnotation = 'slipway.dev/applied';

/** Returns the digest of a manifest, whatever the order of its keys. */
export function manifestDigest(object: KubernetesObject): string {
  return `sha256:${createHash('sha256').update(canonicalJson(object)).digest('hex')}`;
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
