import type { StoredOutput } from '../store.ts';

/** Returns the chunk without its first `surplus` bytes. The chunk must be longer. */
export function cutToTail(chunk: StoredOutput, surplus: number): StoredOutput {
  return { ...chunk, offset: chunk.offset + surplus, bytes: chunk.bytes.subarray(surplus) };
}
