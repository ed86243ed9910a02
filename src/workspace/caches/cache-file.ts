/**
 * One saved cache in one file, so that a rename replaces it atomically: a header line with the size and the cache's
 * name, and a tar owned by 0:0.
 */
import fs from 'node:fs';
import { TimeSlice } from '../../util/time-slice.ts';
import { blockSize, decodeBlock, paddingAfter } from '../../tar/tar-header.ts';

export interface CacheLabel {
  readonly project: string;
  readonly path: string;
}

export interface CacheFile extends CacheLabel {
  /** The offset of the tar. */
  readonly from: number;
  /** The tar's length in bytes. */
  readonly bytes: number;
  /** Whether all sizes fit into ustar headers. */
  readonly plain: boolean;
}

const magic = 'slipway-cache 1';
const lineBytes = 64;
const numberDigits = 16;

/** Returns the header line. `bytes` and `plain` are known only at the end, and do not change its length. */
export function encodeCacheHead(label: CacheLabel, bytes: number, plain: boolean): Buffer {
  const text = Buffer.from(JSON.stringify({ project: label.project, path: label.path }));
  const line = `${magic} ${plain ? 'p' : 'x'} ${String(text.length).padStart(numberDigits, '0')} ${String(bytes).padStart(numberDigits, '0')}`;
  return Buffer.concat([Buffer.from(`${line.padEnd(lineBytes - 1)}\n`), text]);
}

/**
 * Reads the header line. Returns `undefined` for an invalid or incomplete file. Throws system errors.
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
 * Reports whether every header of the tar is where it must be: an engine must not get a truncated tar. Does not check
 * contents, which would read the cache twice.
 */
export async function isWholeCache(
  fd: number,
  { from, bytes, plain }: CacheFile,
  signal: AbortSignal,
): Promise<boolean> {
  // A size in a pax header means a single file of 8 GiB or more, which is not worth a second parser.
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
