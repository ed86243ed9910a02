import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';

/** On each object that was applied: the digest of its manifest. */
export const digestAnnotation = 'slipway.dev/applied';

/** Returns the digest of a manifest, whatever the order of its keys. */
export function manifestDigest(object: KubernetesObject): string {
  return `sha256:${createHash('sha256').update(canonicalJson(object)).digest('hex')}`;
}
