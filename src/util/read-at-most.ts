/**
 * Reads a stream, but not more than this many bytes of it. `whole` reports whether that was everything. A longer stream
 * is closed. Throws the stream's errors.
 */
export async function readAtMost(
  stream: AsyncIterable<Uint8Array>,
  mostBytes: number,
): Promise<{ readonly bytes: Buffer; readonly whole: boolean }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    parts.push(part);
    length += part.length;
    if (length > mostBytes) return { bytes: Buffer.concat(parts).subarray(0, mostBytes), whole: false };
  }
  return { bytes: Buffer.concat(parts), whole: true };
}
