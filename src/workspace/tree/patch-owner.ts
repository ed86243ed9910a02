/**
 * Overwrites the owner in the headers of a tar in place. Much faster than decoding and encoding each header, which
 * matters because every attempt reads its tree through this: up to 20 concurrent steps with 10,000 files each. Only for
 * tars of `TarEncoder` whose sizes fit into ustar, so that each header tells the distance to the next.
 */
import type { FileOwner } from '../../model/tree.ts';
import { blockSize, paddingAfter } from '../../tar/tar-header.ts';

/** The fields uid and gid are adjacent and are patched together. */
const uidAt = 108;
const sizeAt = 124;
const sumAt = 148;
const flagAt = 156;
const flagPax = 0x78;
const zero = 0x30;

/** Modifies the chunks in place. */
export async function* patchOwner(
  source: AsyncIterable<Buffer>,
  owner: FileOwner,
): AsyncGenerator<Uint8Array, void, undefined> {
  const digits = Buffer.from(
    `${owner.uid.toString(8).padStart(7, '0')}\0${owner.gid.toString(8).padStart(7, '0')}\0`,
    'latin1',
  );
  let rest: Buffer = Buffer.alloc(0);
  let body = 0;
  for await (const read of source) {
    const chunk = rest.length === 0 ? read : Buffer.concat([rest, read]);
    let at = Math.min(body, chunk.length);
    body -= at;
    while (body === 0 && at + blockSize <= chunk.length) {
      body = patchBlock(chunk, at, digits);
      at += blockSize;
      const here = Math.min(body, chunk.length - at);
      at += here;
      body -= here;
    }
    // Only a header that is split between two chunks remains.
    rest = chunk.subarray(at);
    if (at > 0) yield chunk.subarray(0, at);
  }
  if (rest.length > 0) yield rest;
}

/** @returns the bytes of body and padding after the header */
function patchBlock(chunk: Buffer, at: number, digits: Buffer): number {
  if (chunk[at] === 0 && chunk[at + sumAt] === 0) return 0;
  const length = octal(chunk, at + sizeAt, 11);
  if (chunk[at + flagAt] !== flagPax) {
    let sum = octal(chunk, at + sumAt, 6);
    for (let i = 0; i < digits.length; i++) {
      sum += digits[i]! - chunk[at + uidAt + i]!;
      chunk[at + uidAt + i] = digits[i]!;
    }
    for (let i = 5; i >= 0; i--, sum = Math.floor(sum / 8)) chunk[at + sumAt + i] = zero + (sum % 8);
  }
  return length + paddingAfter(length);
}

function octal(chunk: Buffer, at: number, digits: number): number {
  let value = 0;
  for (let i = at; i < at + digits; i++) value = value * 8 + chunk[i]! - zero;
  return value;
}
