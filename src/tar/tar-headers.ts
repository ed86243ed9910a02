import fs from 'node:fs';
import { TimeSlice } from '../util/time-slice.ts';
import { blockSize, type TarHeader } from './tar-header.ts';
import { TarParser } from './tar-parser.ts';

/**
 * Yields the headers of a tar in a file without reading the bodies. Throws `TarError`, the system's errors and the
 * signal's reason.
 * @param fd stays open
 * @param from the byte where the tar begins
 */
export async function tarHeaders(fd: number, from: number, signal: AbortSignal): Promise<TarHeader[]> {
  const headers: TarHeader[] = [];
  const parser = new TarParser();
  const turns = new TimeSlice();
  for (let at = from; !parser.ended;) {
    const block = Buffer.allocUnsafe(blockSize);
    const count = fs.readSync(fd, block, 0, blockSize, at);
    if (count === 0) parser.finish();
    for (const piece of parser.push(block.subarray(0, count))) if (piece.kind === 'entry') headers.push(piece.header);
    at += count + parser.passOver();
    if (turns.over) await turns.next(signal);
  }
  return headers;
}
