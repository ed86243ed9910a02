import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StoredOutput } from '../../store/store.ts';
import { tailOf } from './tail.ts';

/** Like a store: returns the last bytes, with the first chunk cut. */
function stored(chunks: readonly string[]) {
  return async function* (tailBytes: number): AsyncIterable<StoredOutput> {
    let skip = Math.max(0, chunks.join('').length - tailBytes);
    for (const [seq, chunk] of chunks.entries()) {
      const bytes = new TextEncoder().encode(chunk).subarray(skip);
      skip = Math.max(0, skip - chunk.length);
      if (bytes.length > 0) yield { bytes, seq: seq + 1 } as unknown as StoredOutput;
    }
  };
}

async function tail(chunks: readonly string[], lines: number): Promise<string> {
  const found = await tailOf(stored(chunks), lines);
  return Buffer.concat(found.chunks).toString();
}

it.each([
  [['a\nb\nc\n'], 2, 'b\nc\n'],
  [['a\nb\nc'], 2, 'b\nc'],
  [['a\nb', '\nc\n'], 1, 'c\n'],
  [['a\n'], 5, 'a\n'],
  [['a\n', '\n', '\n'], 2, '\n\n'],
  [['a\nb\n'], 0, ''],
  [[], 3, ''],
])('the end of %j, %d lines', async (chunks, lines, text) => expect(await tail(chunks, lines)).toBe(text));

it('looks further back while there are not lines enough', async () => {
  const lines = Array.from({ length: 50 }, (_, i) => `${i} ${'x'.repeat(5000)}\n`);
  expect(await tail(lines, 40)).toBe(lines.slice(-40).join(''));
});

it('is what cutting the whole would give', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom('a', '\n'), maxLength: 5 })),
      fc.integer({ min: 1, max: 6 }),
      async (chunks, lines) => {
        const whole = chunks.join('').match(/[^\n]*\n|[^\n]+$/g) ?? [];
        expect(await tail(chunks, lines)).toBe(whole.slice(-lines).join(''));
      },
    ),
  );
});
