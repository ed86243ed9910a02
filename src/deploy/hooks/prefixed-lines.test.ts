import { expect, test } from 'vitest';
import { PrefixedLines } from './prefixed-lines.ts';

test.each([
  [['one\ntwo\n'], '> one\n> two\n'],
  [['on', 'e\nt', 'wo\n'], '> one\n> two\n'],
  [['one'], '> one\n'],
  [['\n'], '> \n'],
  [[], ''],
])('the lines of %j', async (chunks, text) => {
  let written = '';
  const lines = new PrefixedLines('> ', (bytes) => void (written += Buffer.from(bytes).toString()));
  for (const chunk of chunks) await lines.add(Buffer.from(chunk));
  await lines.end();
  expect(written).toBe(text);
});

test('a line without an end is broken, so that it needs little memory', async () => {
  const sizes: number[] = [];
  const lines = new PrefixedLines('', (bytes) => void sizes.push(bytes.length));
  for (let i = 0; i < 3; i++) await lines.add(Buffer.alloc(40_000, 'x'));
  await lines.end();
  expect(sizes).toEqual([80_001, 40_001]);
});
