import { expect, test } from 'vitest';
import { readAtMost } from './read-at-most.ts';

async function* parts(...texts: string[]): AsyncGenerator<Buffer, void> {
  for (const text of texts) yield Buffer.from(text);
}

test.each([
  [['ab', 'cd'], 5, 'abcd', true],
  [['ab', 'cd'], 4, 'abcd', true],
  [['ab', 'cd', 'ef'], 3, 'abc', false],
  [[], 3, '', true],
])('%j, at most %i bytes', async (texts, most, text, whole) => {
  const read = await readAtMost(parts(...texts), most);
  expect([read.bytes.toString(), read.whole]).toEqual([text, whole]);
});

test('a longer stream is closed', async () => {
  let closed = false;
  async function* endless(): AsyncGenerator<Buffer, void> {
    try {
      for (;;) yield Buffer.alloc(10);
    } finally {
      closed = true;
    }
  }
  await readAtMost(endless(), 25);
  expect(closed).toBe(true);
});
