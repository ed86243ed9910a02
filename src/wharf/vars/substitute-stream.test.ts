import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestPlaceholder, substituteStream } from './substitute-stream.ts';
import { substitute } from './substitute.ts';

const values = new Map([
  ['a', 'A'],
  ['long', 'value '.repeat(20)],
  ['empty', ''],
  ['ref', '${a}'],
  ['größe', 'ä€😀'],
  ['sp ace', 'S'],
]);

async function fill(chunks: Iterable<Uint8Array>, told: string[] = []): Promise<Buffer> {
  const filled: Uint8Array[] = [];
  for await (const bytes of substituteStream(each(chunks), values, (name) => told.push(name)))
    filled.push(Buffer.from(bytes));
  return Buffer.concat(filled);
}

async function* each(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const cuts = [0, ...at.map((one) => one % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end));
}

/** Texts with every special position of a placeholder. */
const text = fc
  .array(
    fc.constantFrom(
      '${',
      '$',
      '{',
      '}',
      '%',
      'a',
      '${a}',
      '${%a%}',
      '${ long }',
      '${größe}',
      '${empty}',
      '${ref}',
      '${nope}',
      '${sp ace}',
      '${}',
      '\r\n',
      '\n',
      ' ',
      'ß',
      '😀',
      '\0',
      'text',
    ),
  )
  .map((parts) => parts.join(''));

describe('a stream', () => {
  it('is filled in as the whole text would be, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat()), async (whole, cuts) => {
        const expected = substitute(whole, (name) => values.get(name));
        expect((await fill(cut(Buffer.from(whole), cuts))).toString()).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps every byte that is no placeholder', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat()), async (bytes, cuts) => {
        const plain = bytes.map((byte) => (byte === 0x7d ? 0x7b : byte));
        expect([...(await fill(cut(plain, cuts)))]).toEqual([...plain]);
      }),
    );
    const odd = Buffer.concat([Buffer.from('${a}'), Buffer.from([0xff, 0, 0xc3]), Buffer.from('${a}\r\n\r${a')]);
    expect(await fill([odd])).toEqual(
      Buffer.concat([Buffer.from('A'), Buffer.from([0xff, 0, 0xc3]), Buffer.from('A\r\n\r${a')]),
    );
  });

  it('takes no name from bytes that are no UTF-8', async () => {
    const told: string[] = [];
    const bytes = Buffer.concat([Buffer.from('${'), Buffer.from([0xff]), Buffer.from('}')]);
    expect(await fill([bytes], told)).toEqual(bytes);
    expect(told).toEqual([]);
  });

  it('tells of each name without a value once', async () => {
    const told: string[] = [];
    await fill([Buffer.from('${x} ${ y } ${x} ${a} ${%z%}'), Buffer.from('${x}')], told);
    expect(told).toEqual(['x', 'y']);
  });

  it('looks for an end no further than 64 KiB, however it is cut', async () => {
    const name = (length: number) => `\${${' '.repeat(length - 4)}a}`;
    const whole = `${name(longestPlaceholder)}|${name(longestPlaceholder + 1)}|\${\${a}`;
    const expected = `A|${name(longestPlaceholder + 1)}|\${\${a}`;
    for (const size of [1_000, 65_535, 65_536, 65_537, 1_000_000]) {
      const bytes = Buffer.from(whole);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect((await fill(chunks)).toString() === expected).toBe(true);
    }
    // Too far from its end, so it must not hide a later `${`.
    expect((await fill([Buffer.from(`\${${' '.repeat(longestPlaceholder)}\${a}`)])).toString().endsWith(' A')).toBe(
      true,
    );
  });

  it('takes openings without an end in its stride', async () => {
    const openings = Buffer.from('${'.repeat(1_000_000));
    expect((await fill([openings])).equals(openings)).toBe(true);
    expect((await fill(Array.from({ length: 200_000 }, () => Buffer.from('${')))).length).toBe(400_000);
  });

  it('gives what it has before more is asked for', async () => {
    const filled = substituteStream(
      (async function* () {
        yield await Promise.resolve(Buffer.from('before ${a} after\n'));
        throw new Error('nobody asked for more');
      })(),
      values,
      () => undefined,
    );
    expect(Buffer.from((await filled.next()).value as Uint8Array).toString()).toBe('before A after\n');
    await expect(filled.next()).rejects.toThrow('nobody asked for more');
  });
});
