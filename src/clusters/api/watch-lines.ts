/** Several times larger than the largest object in a cluster (1.5 MiB in etcd). */
const longestLine = 16 * 1024 * 1024;
const newline = 0x0a;

/**
 * Yields the JSON objects of a stream with one object a line. Drops a line that the stream's end cuts. Throws
 * `SyntaxError` if a line is not a JSON object, and the stream's errors.
 */
export async function* watchLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<object, void, undefined> {
  let begun: Uint8Array[] = [];
  let length = 0;
  for await (const bytes of stream) {
    let from = 0;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
      const line = Buffer.concat([...begun, bytes.subarray(from, at)]).toString('utf8');
      begun = [];
      length = 0;
      from = at + 1;
      if (line.trim() !== '') yield parsed(line);
    }
    if (from === bytes.length) continue;
    begun.push(bytes.subarray(from));
    length += bytes.length - from;
    if (length > longestLine) throw new SyntaxError('the line is too long');
  }
}

function parsed(line: string): object {
  const value: unknown = JSON.parse(line);
  if (
    typeof value !== 'object' ||
    value === null ||
    !('object' in value) ||
    typeof value.object !== 'object' ||
    value.object === null
  )
    throw new SyntaxError('the line is not a JSON object');
  return value;
}
