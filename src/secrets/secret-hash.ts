import { Buffer } from 'node:buffer';
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** The cost of a hash, stored with it: 128 · N · r bytes of memory, here 32 MiB, and some tens of milliseconds. */
const cost = { N: 2 ** 15, r: 8, p: 1 } as const;
const [saltLength, hashLength] = [16, 32];

/**
 * Returns the stored hash of a secret. It identifies the secret and is too expensive to brute-force. Format:
 * `scrypt:N:r:p:SALT:HASH`.
 */
export async function secretHash(value: string): Promise<string> {
  const salt = randomBytes(saltLength);
  const hash = await derive(value, salt, hashLength, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join(':');
}

/** Reports whether a value has this hash. Returns false for an unreadable hash. */
export async function matchesHash(value: string, stored: string): Promise<boolean> {
  const [kind, N, r, p, salt, hash] = stored.split(':');
  if (kind !== 'scrypt' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64url');
  const parameters = { N: Number(N), r: Number(r), p: Number(p) };
  if (expected.length === 0 || !isBearable(parameters)) return false;
  return timingSafeEqual(await derive(value, Buffer.from(salt, 'base64url'), expected.length, parameters), expected);
}

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** Limits the cost: a damaged log must not exhaust the memory. */
function isBearable({ N, r, p }: Cost): boolean {
  return Number.isInteger(N) && N > 1 && (N & (N - 1)) === 0 && r > 0 && p > 0 && N * r * p <= 2 ** 22;
}

async function derive(value: string, salt: Buffer, length: number, { N, r, p }: Cost): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    scrypt(value, salt, length, { N, r, p, maxmem: 256 * N * r * p }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
