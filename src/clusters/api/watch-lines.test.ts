import fc from 'fast-check';
import { expect, test } from 'vitest';
import { watchLines } from './watch-lines.ts';

async function* stream(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    yield await Promise.resolve(bytes.subarray(from, cut));
    from = cut;
  }
}

test('lines are independent of where the network cuts them, even inside characters', async () => {
  const line = fc.record({
    type: fc.constantFrom('ADDED', 'BOOKMARK'),
    object: fc.record({ text: fc.string({ unit: 'grapheme' }) }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat()), fc.boolean(), async (lines, cuts, torn) => {
      const bytes = Buffer.from(
        lines.map((each) => `${JSON.stringify(each)}\n`).join('') + (torn ? '{"type":"ADDED","obj' : ''),
      );
      const read: object[] = [];
      for await (const each of watchLines(stream(bytes, cuts))) read.push(each);
      expect(read).toEqual(lines);
    }),
  );
});

test.each(['<html>', '7', 'null', '{"type":"ADDED"}', '{"object":7}'])(
  'an invalid line is reported: %s',
  async (line) => {
    await expect(watchLines(stream(Buffer.from(`${line}\n`), [])).next()).rejects.toThrow(SyntaxError);
  },
);

test('an endless line is not buffered', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield await Promise.resolve(Buffer.alloc(1024 * 1024, 'x'));
  }
  await expect(watchLines(endless()).next()).rejects.toThrow(SyntaxError);
});
