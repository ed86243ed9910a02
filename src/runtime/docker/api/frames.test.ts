import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader, type StreamBytes } from './frames.ts';

function frame(stream: number, body: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

function gathered(pieces: readonly StreamBytes[]): Record<string, string> {
  const of = (stream: string) =>
    Buffer.concat(pieces.filter((piece) => piece.stream === stream).map(({ bytes }) => bytes)).toString('hex');
  return { stdout: of('stdout'), stderr: of('stderr') };
}

test('frames are split, wherever the connection cuts them', () => {
  const body = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(1, 2), body), { maxLength: 20 }),
      fc.array(fc.nat(500)),
      (frames, cuts) => {
        const whole = Buffer.concat(frames.map(([stream, bytes]) => frame(stream, bytes)));
        const places = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const reader = new FrameReader();
        const pieces = places.slice(1).flatMap((end, i) => reader.push(Buffer.from(whole.subarray(places[i], end))));
        const of = (wanted: number) =>
          Buffer.concat(frames.filter(([stream]) => stream === wanted).map(([, bytes]) => bytes)).toString('hex');
        expect(gathered(pieces)).toEqual({ stdout: of(1), stderr: of(2) });
        expect(reader.torn).toBe(false);
      },
    ),
  );
});

test('many small frames of a stream become one chunk', () => {
  const lines = Array.from({ length: 100 }, (_, i) => Buffer.from(`${i}\n`));
  const pieces = new FrameReader().push(Buffer.concat(lines.map((line) => frame(1, line))));
  expect(pieces).toHaveLength(1);
  expect(pieces[0]?.bytes.toString()).toBe(lines.join(''));
});

test('a stream that stops inside a frame is torn', () => {
  const reader = new FrameReader();
  reader.push(frame(1, Buffer.from('abc')).subarray(0, 9));
  expect(reader.torn).toBe(true);
});

// From Podman 4.3.1, for a container that was removed between the response's headers and its log.
const podmanError =
  '{"cause":"no such container","message":"no container with name or ID \\"a\\" found","response":404}\n';

test.each([
  ['an error as JSON', Buffer.from(podmanError), podmanError.trim()],
  ['a page', Buffer.from('<html>502 Bad Gateway</html>'), '<html>502 Bad Gateway</html>'],
  ['an unknown stream', frame(4, Buffer.from('abc')), expect.stringContaining('abc') as string],
  ['the stream of the engine\u2019s own errors', frame(3, Buffer.from('Error grabbing logs')), 'Error grabbing logs'],
  [
    'a header that is not padded with zeros',
    Buffer.from([1, 0, 7, 0, 0, 0, 0, 1, 120]),
    expect.stringContaining('x') as string,
  ],
])('%s is not output, wherever the connection cuts it', (_, foreign, said) => {
  const whole = Buffer.concat([frame(1, Buffer.from('output')), foreign]);
  for (let cut = 0; cut <= whole.length; cut++) {
    const reader = new FrameReader();
    const pieces = [whole.subarray(0, cut), whole.subarray(cut)].flatMap((part) => reader.push(Buffer.from(part)));
    expect(gathered(pieces)).toEqual({ stdout: Buffer.from('output').toString('hex'), stderr: '' });
    expect(reader.foreign).toEqual(said);
    expect(reader.push(frame(1, Buffer.from('more')))).toEqual([]);
  }
});

test('frames that are kept apart: each piece says whether its frame ends', () => {
  const reader = new FrameReader('apart');
  const all = Buffer.concat([
    frame(1, Buffer.from('one')),
    frame(1, Buffer.from('two')),
    frame(2, Buffer.from('three')),
  ]);
  const found = [all.subarray(0, 32), all.subarray(32)].flatMap((part) =>
    reader.push(part).map(({ stream, bytes, ends }) => [stream, bytes.toString(), ends]),
  );
  expect(found).toEqual([
    ['stdout', 'one', true],
    ['stdout', 'two', true],
    ['stderr', 'th', false],
    ['stderr', 'ree', true],
  ]);
});
