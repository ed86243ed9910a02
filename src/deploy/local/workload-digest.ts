import { Buffer } from 'node:buffer';
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { PlannedWorkload } from './local-plan.ts';

/** The cost of a digest that covers Secrets: 16 MiB of memory, and some tens of milliseconds. */
const cost = { N: 2 ** 14, r: 8, p: 1 } as const;
const [saltLength, hashLength] = [12, 18];

/**
 * Returns what identifies the specification of a workload. It becomes a label. If files of the workload have the
 * content of a Secret, the digest is salted and too expensive to try passwords with.
 * @param existing the digest of the workload that exists. It is returned again if the specification is the same
 */
export async function workloadDigest(planned: PlannedWorkload, existing: string | undefined): Promise<string> {
  // The manifests of Services and Deployments may change without a change of the containers.
  const { sources: _sources, initDeadlineSeconds: _deadline, ...specification } = planned.workload;
  const text = JSON.stringify(specification, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
  const plain = createHash('sha256').update(text).digest();
  if (!planned.hasSecretFiles) return `sha256:${plain.toString('hex')}`;
  const [kind, salt = '', hash = ''] = existing?.split(':') ?? [];
  if (kind === 'scrypt') {
    const expected = Buffer.from(hash, 'base64url');
    const again = await derived(plain, Buffer.from(salt, 'base64url'));
    if (expected.length === again.length && timingSafeEqual(expected, again)) return existing ?? '';
  }
  const fresh = randomBytes(saltLength);
  return `scrypt:${fresh.toString('base64url')}:${(await derived(plain, fresh)).toString('base64url')}`;
}

async function derived(plain: Buffer, salt: Buffer): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    scrypt(plain, salt, hashLength, cost, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
