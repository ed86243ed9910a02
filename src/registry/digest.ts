import { createHash } from 'node:crypto';

/** The digests that registries must support (OCI image specification, "Content Descriptors", "Registered algorithms"). */
const pattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export function isDigest(text: string): boolean {
  return pattern.test(text);
}

export function sha256Of(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Reports whether a digest is that of the content. */
export function hasDigest(bytes: Uint8Array, digest: string): boolean {
  const [algorithm = '', hex] = digest.split(':');
  return isDigest(digest) && createHash(algorithm).update(bytes).digest('hex') === hex;
}
