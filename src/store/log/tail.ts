import type { StoredOutput } from '../store.ts';

/** The chunk without its first `surplus` bytes, which are fewer than it has. */
export function cutToTail(chunk: StoredOutput, surplus: number): StoredOutput {
  return { ...chunk, offset: chunk.offset + surplus, bytes: chunk.bytes.subarray(surplus) };
}
