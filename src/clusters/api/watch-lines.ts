/** Larger than anything that a cluster keeps (1.5 MiB, as etcd has it), several times over. */
const longestLine = 16 * 1024 * 1024;
const newline = 0x0a;

/**
 * The values of a stream of JSON texts, one a line, which the network may have cut anywhere. A line that the stream's
 * end cuts is dropped. Throws `SyntaxError` for what is no JSON object, and what the stream throws.
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
    if (length > longestLine) throw new SyntaxError('a line without an end');
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
    throw new SyntaxError('a line of something else');
  return value;
}
