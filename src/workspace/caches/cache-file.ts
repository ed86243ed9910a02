/**
 * One saved cache, one file, so that a rename replaces it whole: a line that says how much follows, what it is a cache
 * of, and a tar that belongs to 0:0.
 */
import fs from 'node:fs';
import { TimeSlice } from '../../util/time-slice.ts';
import { blockSize, decodeBlock, paddingAfter } from '../../tar/tar-header.ts';

export interface CacheLabel {
  readonly project: string;
  readonly path: string;
}

export interface CacheFile extends CacheLabel {
  /** The byte where the tar begins. */
  readonly from: number;
  /** The tar's length. */
  readonly bytes: number;
  /** All sizes fit into ustar. */
  readonly plain: boolean;
}

const magic = 'slipway-cache 1';
const lineBytes = 64;
const numberDigits = 16;

/** What precedes a tar; `bytes` and `plain` are known only in the end, and change nothing of its length. */
export function encodeCacheHead(label: CacheLabel, bytes: number, plain: boolean): Buffer {
  const text = Buffer.from(JSON.stringify({ project: label.project, path: label.path }));
  const line = `${magic} ${plain ? 'p' : 'x'} ${String(text.length).padStart(numberDigits, '0')} ${String(bytes).padStart(numberDigits, '0')}`;
  return Buffer.concat([Buffer.from(`${line.padEnd(lineBytes - 1)}\n`), text]);
}

/**
 * Reads what precedes the tar; `undefined` for what is no cache, or not all of one. Throws the system's errors.
 * @param fd stays open
 */
export function readCacheHead(fd: number): CacheFile | undefined {
  const line = readAt(fd, 0, lineBytes).toString('latin1');
  const match = /^slipway-cache 1 ([px]) (\d{16}) (\d{16}) *\n$/.exec(line);
  if (match === null) return undefined;
  const [length, bytes] = [Number(match[2]), Number(match[3])];
  const from = lineBytes + length;
  if (bytes === 0 || fs.fstatSync(fd).size !== from + bytes) return undefined;
  const label = parseLabel(readAt(fd, lineBytes, length).toString());
  return label === undefined ? undefined : { ...label, from, bytes, plain: match[1] === 'p' };
}

function parseLabel(text: string): CacheLabel | undefined {
  try {
    const { project, path } = JSON.parse(text) as CacheLabel;
    return typeof project === 'string' && typeof path === 'string' ? { project, path } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Is every header of the tar where it must be? What an engine is fed with must not stop it in the middle. Contents are
 * not checked: that would read all of a cache twice.
 */
export async function isWholeCache(
  fd: number,
  { from, bytes, plain }: CacheFile,
  signal: AbortSignal,
): Promise<boolean> {
  // A size in a pax header means a single file of 8 GiB: not worth a second reader of those.
  if (!plain) return true;
  const turns = new TimeSlice();
  let at = 0;
  while (at + 2 * blockSize <= bytes) {
    const size = bodyOf(readAt(fd, from + at, blockSize), at);
    if (size === 'damaged') return false;
    if (size === 'end') return at + 2 * blockSize === bytes;
    at += blockSize + size + paddingAfter(size);
    if (turns.over) await turns.next(signal);
  }
  return false;
}

function bodyOf(block: Buffer, at: number): number | 'end' | 'damaged' {
  try {
    return decodeBlock(block, at)?.size ?? 'end';
  } catch {
    return 'damaged';
  }
}

function readAt(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, fs.readSync(fd, buffer, 0, length, position));
}
