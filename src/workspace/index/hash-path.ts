import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { TimeSlice } from '../../util/time-slice.ts';

/** The length of a hash in bytes: SHA-256. */
export const hashLength = 32;

const partBytes = 1 << 20;

/**
 * Hashes the content and the mode of a file, or the target of a link. Returns `undefined` for anything else. Throws errors of the system.
 */
export function hashPath(path: string, stat: fs.Stats): Buffer | undefined {
  if (stat.isSymbolicLink()) return hashText('link ', fs.readlinkSync(path, 'buffer'));
  return stat.isFile() ? hashFile(path, stat.mode) : undefined;
}

export function hashText(...parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function hex(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString('hex');
}

/** Returns the bits of a mode that an image gets, with set-user-ID and sticky bits: `755`. */
export function modeText(mode: number): string {
  return (mode & 0o7777).toString(8);
}

/** Hashes a file as `hashPath` does. Shares the event loop, and throws the signal's reason. */
export async function hashSlowly(path: string, { mode }: fs.Stats, signal: AbortSignal): Promise<Buffer> {
  const turns = new TimeSlice();
  const reading = hashingFile(path, mode);
  try {
    for (;;) {
      const { done, value } = reading.next();
      if (done) return value;
      if (turns.over) await turns.next(signal);
    }
  } finally {
    reading.return(Buffer.alloc(0));
  }
}

function hashFile(path: string, mode: number): Buffer {
  const reading = hashingFile(path, mode);
  for (;;) {
    const { done, value } = reading.next();
    if (done) return value;
  }
}

/** Hashes a file in parts. */
function* hashingFile(path: string, mode: number): Generator<undefined, Buffer, void> {
  const hash = createHash('sha256').update(`file ${modeText(mode)} `);
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    const part = Buffer.allocUnsafe(partBytes);
    for (let count = fs.readSync(fd, part); count > 0; count = fs.readSync(fd, part)) {
      hash.update(part.subarray(0, count));
      yield;
    }
  } finally {
    fs.closeSync(fd);
  }
  return hash.digest();
}

/** Returns `undefined` if a file is gone, or became a link or the reverse since its metadata was read. */
export function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Reports whether an error means that a file is gone, or became a link or the reverse since its metadata was read. */
export function isGone(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(code ?? '') || (code === 'EINVAL' && syscall === 'readlink');
}
