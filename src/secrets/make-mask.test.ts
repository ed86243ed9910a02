import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskText } from '../model/mask-text.ts';
import { PlainMask } from '../../test/rigs/plain-mask.ts';
import { makeMask, makeSmallMask } from './make-mask.ts';
import { noMask, type Mask } from './mask.ts';

const url = encodeURIComponent;
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');

function streamed(mask: Mask, bytes: Uint8Array, cuts: readonly number[]): Buffer {
  const stream = mask.stream();
  const out: Uint8Array[] = [];
  let at = 0;
  for (const cut of [...cuts].map((one) => one % (bytes.length + 1)).sort((a, b) => a - b)) {
    // Copy, because the stream owns what is pushed.
    out.push(Buffer.from(stream.push(Uint8Array.from(bytes.subarray(at, cut))).bytes));
    at = cut;
  }
  out.push(Buffer.from(stream.push(Uint8Array.from(bytes.subarray(at))).bytes), stream.end());
  return Buffer.concat(out);
}

/** Secrets that overlap themselves and each other. */
const selfSimilar = fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'ä'), minLength: 1, maxLength: 12 });
const anySecret = fc.oneof(
  selfSimilar,
  fc.string({ minLength: 1, maxLength: 30 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
);
const secrets = fc.array(anySecret, { minLength: 1, maxLength: 4 });
const cuts = fc.array(fc.nat({ max: 5000 }), { maxLength: 20 });

/** Output with secrets in it, whole and partial. */
const outputWith = (values: readonly string[]) =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...values).map((value) => Buffer.from(value)),
        fc
          .tuple(fc.constantFrom(...values), fc.nat({ max: 12 }))
          .map(([value, length]) => Buffer.from(value).subarray(0, length)),
        fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
        fc.constantFrom(...values).map((value) => Buffer.from(base64(value))),
        fc.constantFrom('a', 'b', ' ', '\n', '%', '\\').map((text) => Buffer.from(text)),
      ),
      { maxLength: 20 },
    )
    // The characters of the mask must not come from elsewhere.
    .map((parts) => Buffer.concat(parts).map((byte) => (byte === 0x2a ? 0x2b : byte)) as Buffer);

/** Secrets of the characters that escapes consist of. */
const trickySecret = fc.string({
  unit: fc.constantFrom(...'ab\n \\%/"+\r\tUrnu041?>', 'ä', '😀', '\u0000', '\ud7ff', '\ue000'),
  minLength: 1,
  maxLength: 9,
});

const escape = (text: string) =>
  text.replaceAll(/[^]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
const percent = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');
const ways: readonly ((character: string) => string)[] = [
  (character) => character,
  (character) => JSON.stringify(character).slice(1, -1),
  escape,
  percent,
  (character) => ({ ' ': '+', '\n': '%0d%0A', '/': '\\/' })[character] ?? character,
  (character) => (character === '\n' ? '\r\n' : character),
  (character) => (character === '\n' ? '\\r\\n' : character),
];

/** Like `trickySecret`, at least as long as a window of the filter, so that no other positions are searched. */
const longTrickySecret = fc
  .string({ unit: fc.constantFrom(...'ab\n \\%/"+\r?>', 'ä', '😀', '\ue000'), minLength: 6, maxLength: 14 })
  .filter((text) => text.trim().length >= 4);

/** Secrets in every form at once, whole and cut off, and texts that look like a part of one. */
const trickyOutput = (values: readonly string[]) => {
  const value = fc.constantFrom(...values);
  const mixed = fc
    .tuple(value, fc.array(fc.nat({ max: ways.length - 1 }), { minLength: 1, maxLength: 6 }))
    .map(([text, picks]) => Array.from(text, (one, i) => ways[picks[i % picks.length] ?? 0]?.(one)).join(''));
  const around = fc.string({ maxLength: 3 });
  const lineEnd = fc.constantFrom('\n', '\r\n', '\\n', '\\r\\n', '\n\n');
  const inLines = fc
    .tuple(value, around, fc.integer({ min: 1, max: 20 }), lineEnd)
    .map(([text, before, columns, end]) =>
      (base64(`${before}${text}x`).match(new RegExp(`.{1,${columns}}`, 'g')) ?? []).join(end),
    );
  const escaped = fc.tuple(value, around).map(([text, side]) =>
    base64(side + text + side)
      .replaceAll('+', '\\u002B')
      .replaceAll('/', '\\/'),
  );
  const encoded = fc.tuple(value, around).map(([text, side]) => url(base64(side + text + side)));
  const near = fc.constantFrom(
    '\\',
    '%',
    '\\u',
    '%2',
    '%2b',
    '\\u00',
    '\\ud83d',
    '\\ud83d\\ude',
    '\\n',
    '\n',
    '\r',
    '+',
    'AA',
    'VV',
    'a',
  );
  const whole = fc.oneof(value, mixed, inLines, escaped, encoded);
  const cut = fc.tuple(whole, fc.nat({ max: 30 })).map(([text, length]) => text.slice(0, length));
  return fc
    .array(fc.oneof(whole, cut, near), { maxLength: 10 })
    .map((parts) => Buffer.from(parts.join('').replaceAll('*', '-')));
};

const secretsAndOutput = secrets.chain((values) =>
  fc.record({ values: fc.constant(values), output: outputWith(values) }),
);

describe('the forms of a secret', () => {
  const secret = 'p?ss w/rd+"\\{ü}';
  const mask = makeSmallMask([secret]);

  it.each([
    ['as it is', secret],
    ['URL-encoded, upper case', url(secret)],
    ['URL-encoded, lower case', url(secret).replace(/%../g, (hex) => hex.toLowerCase())],
    ['URL-encoded, with + for blanks', url(secret).replaceAll('%20', '+')],
    ['URL-encoded as a form', new URLSearchParams([['x', secret]]).toString().slice(2)],
    ['URL-encoded to the last byte', [...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join('')],
    ['escaped as in JSON', JSON.stringify(secret).slice(1, -1)],
    ['escaped as in JSON, ASCII only', JSON.stringify(secret).slice(1, -1).replaceAll('ü', '\\u00FC')],
    ['escaped as in JSON, with slashes', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
  ])('%s', (_, written) => {
    expect(mask.text(`<${written}>`)).toBe(`<${maskText}>`);
  });

  it.each([0, 1, 2, 3, 4, 5].flatMap((before) => [0, 1, 2].map((after) => [before, after] as const)))(
    'base64 with %i bytes before and %i behind it',
    (before, after) => {
      const text = Buffer.concat([Buffer.alloc(before, 'x'), Buffer.from(secret), Buffer.alloc(after, 'y')]);
      for (const written of [
        text.toString('base64'),
        text.toString('base64').replace(/=+$/, ''),
        text.toString('base64url'),
        url(text.toString('base64')),
      ]) {
        const masked = mask.text(`<${written}>`);
        expect(masked).toMatch(/^<[A-Za-z0-9]*\*\*\*[A-Za-z0-9]*(?:=|%3D)*>$/);
        // The padding of the secret is hidden. That of the text after it stays.
        if (after === 0) expect(masked).toMatch(/\*\*\*>$/);
        // All that is left comes from the text beside the secret.
        expect(masked.replace(maskText, '').length).toBeLessThanOrEqual(
          2 + Math.ceil((before * 8) / 6) + Math.ceil((after * 8) / 6) + 6,
        );
      }
    },
  );

  it.each([
    ['abcd', `${base64('abcd')}\n`, `${maskText}\n`],
    ['abcde', `${base64('abcde')}=x`, `${maskText}=x`],
    ['abcd', `${base64('abcd')}=`, `${maskText}=`],
    ['abcdef', `${base64('abcdef')}=`, `${maskText}=`],
    ['abcd', 'abcd==', `${maskText}==`],
    ['abcd', `${base64('abcd').replaceAll('=', '%3d')}&`, `${maskText}&`],
    ['abcd', `${base64('abcd').replaceAll('=', '%3D').slice(0, -1)}`, `${maskText}%3`],
    ['abcd', `${base64('abcd\n')}\n`, `${maskText}o=\n`],
  ])('base64 of %s in %j', (value, written, expected) => {
    expect(makeSmallMask([value]).text(written)).toBe(expected);
  });

  it('base64 in lines of any length', () => {
    const long = 'a secret of some length, which fills more than one line of base64, as keys do';
    const hidden = makeSmallMask([long]);
    for (let columns = 4; columns < 80; columns++) {
      for (const lineEnd of ['\n', '\r\n', '\\n']) {
        for (const before of ['', 'x', 'user:']) {
          const written = base64(before + long);
          const lines = written.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [];
          const left = hidden
            .text(lines.join(lineEnd))
            .replace(maskText, '')
            .replaceAll('\\n', '')
            .replace(/\s|=/g, '');
          // Characters of the text before it, and at most three at the end of a released line.
          expect(left.length, `${columns} columns`).toBeLessThanOrEqual(Math.ceil((before.length * 8) / 6) + 3);
        }
      }
    }
  });

  it('each line of a value with several, without blanks around it', () => {
    const lines = makeSmallMask(['first line\n  second line\r\nabc\n']);
    expect(lines.text('second line')).toBe(maskText);
    expect(lines.text('x first line y')).toBe(`x ${maskText} y`);
    expect(lines.text('abc'), 'too short to be one').toBe('abc');
    expect(lines.text('first line\n  second line\nabc')).not.toContain('abc');
  });

  it('a long value in parts', () => {
    const long = Array.from({ length: 400 }, (_, i) => `part ${i} `).join('');
    const parts = makeSmallMask([long]);
    expect(parts.text(`<${long}>`)).toBe(`<${maskText}>`);
    expect(parts.text(`<${base64(long)}>`)).toMatch(/^<\*\*\*=*>$/);
    expect(parts.text(`<${url(long)}>`)).toBe(`<${maskText}>`);
  });

  it('finds that overlap or adjoin are hidden as one', () => {
    expect(makeSmallMask(['abab']).text('xababab|abababab')).toBe('x***|***');
    expect(makeSmallMask(['abc', 'cde']).text('abcde abccde')).toBe('*** ***');
    expect(makeSmallMask(['bcd', 'abcdef']).text('abcdef abcde')).toBe('*** a***e');
  });

  it('an empty value is no secret', () => {
    expect(makeSmallMask(['']).text('anything')).toBe('anything');
    expect(makeSmallMask([''])).toBe(noMask);
    expect(makeSmallMask([' ']).text('a b')).toBe('a***b');
  });

  it('a short one is hidden, too', () => {
    expect(makeSmallMask(['no']).text('no, not now')).toBe('***, ***t ***w');
    expect(makeSmallMask(['x']).text(base64('x'))).toBe(base64('x'));
  });
});

describe('a masked stream', () => {
  it('gives the same however it is cut', () => {
    fc.assert(
      fc.property(secretsAndOutput, cuts, ({ values, output }, at) => {
        const mask = makeSmallMask(values);
        expect(streamed(mask, output, at).toString('latin1')).toBe(streamed(mask, output, []).toString('latin1'));
      }),
      { numRuns: 400 },
    );
  });

  it('lets no secret out, and changes nothing else', () => {
    fc.assert(
      fc.property(secretsAndOutput, cuts, ({ values, output }, at) => {
        const masked = streamed(makeSmallMask(values), output, at).toString('latin1');
        const pieces = masked.split(maskText);
        for (const value of values)
          for (const piece of pieces) expect(piece).not.toContain(Buffer.from(value).toString('latin1'));
        // The remaining pieces are in that order, and the first and the last are at the ends.
        const original = output.toString('latin1');
        expect(original.startsWith(pieces[0] ?? '')).toBe(true);
        expect(original.endsWith(pieces.at(-1) ?? '')).toBe(true);
        let from = 0;
        for (const piece of pieces) {
          const found = original.indexOf(piece, from);
          expect(found).toBeGreaterThanOrEqual(0);
          from = found + piece.length;
        }
      }),
      { numRuns: 400 },
    );
  });

  it('hides exactly what a search at every place would', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 }), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 60 }),
        (values, text) => {
          const hidden = Array.from(text, (_, i) =>
            values.some((value) => [...value].some((__, back) => text.startsWith(value, i - back) && i - back >= 0)),
          );
          const expected = Array.from(text, (character, i) =>
            hidden[i] !== true ? character : hidden[i - 1] === true ? '' : maskText,
          ).join('');
          expect(makeSmallMask(values).text(text)).toBe(expected);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('lets go all but what may begin a secret, and can be begun again there', () => {
    fc.assert(
      fc.property(secretsAndOutput, fc.nat({ max: 5000 }), ({ values, output }, cut) => {
        const mask = makeSmallMask(values);
        const at = cut % (output.length + 1);
        const first = mask.stream();
        const { bytes, held } = first.push(Uint8Array.from(output.subarray(0, at)));
        const again = streamed(mask, output.subarray(at - held), []);
        const joined = Buffer.concat([bytes, again]).toString('latin1');
        // A second reader cannot know that its first bytes adjoin what was hidden before.
        const whole = streamed(mask, output, []).toString('latin1');
        expect(joined.replaceAll(`${maskText}${maskText}`, maskText)).toBe(
          whole.replaceAll(`${maskText}${maskText}`, maskText),
        );
      }),
      { numRuns: 600 },
    );
  });

  it('holds back nothing of what begins no secret', () => {
    const stream = makeSmallMask(['hunter2']).stream();
    const push = (text: string) => {
      const { bytes, held } = stream.push(Buffer.from(text));
      return [Buffer.from(bytes).toString(), held];
    };
    expect(push('ready.\n')).toEqual(['ready.\n', 0]);
    expect(push('a hunt')).toEqual(['a ', 4]);
    expect(push('er')).toEqual(['', 6]);
    expect(push('s.')).toEqual(['hunters.', 0]);
    expect(push('hunter')).toEqual(['', 6]);
    // Its end could begin the next secret, in base64 with something before it.
    expect(push('2')).toEqual(['', 7]);
    expect(push(' hunter')).toEqual([`${maskText} `, 6]);
    expect(Buffer.from(stream.end()).toString()).toBe('hunter');
  });

  it('hides and holds back exactly what trying every form at every position does', () => {
    const tricky = fc
      .array(trickySecret, { minLength: 1, maxLength: 3 })
      .chain((values) =>
        fc.record({ values: fc.constant(values), output: trickyOutput(values), cut: fc.nat({ max: 300 }) }),
      );
    fc.assert(
      fc.property(tricky, ({ values, output, cut }) => {
        const mask = makeSmallMask(values);
        const plain = new PlainMask(values);
        expect(streamed(mask, output, [cut]).toString('latin1')).toBe(plain.text(output));
        const begun = output.subarray(0, cut % (output.length + 1));
        expect(mask.stream().push(Uint8Array.from(begun)).held).toBe(plain.held(begun));
      }),
      { numRuns: 500 },
    );
  });

  it('does so where the filter judges every escape', () => {
    const tricky = fc
      .array(longTrickySecret, { minLength: 1, maxLength: 3 })
      .chain((values) =>
        fc.record({ values: fc.constant(values), output: trickyOutput(values), cut: fc.nat({ max: 300 }) }),
      );
    fc.assert(
      fc.property(tricky, ({ values, output, cut }) => {
        const mask = makeSmallMask(values);
        const plain = new PlainMask(values);
        expect(streamed(mask, output, [cut]).toString('latin1')).toBe(plain.text(output));
        const begun = output.subarray(0, cut % (output.length + 1));
        expect(mask.stream().push(Uint8Array.from(begun)).held).toBe(plain.held(begun));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps few bytes, also where a secret overlaps itself without end', () => {
    const stream = makeSmallMask(['ababab']).stream();
    let out = Buffer.alloc(0);
    for (let i = 0; i < 2000; i++) out = Buffer.concat([out, stream.push(Buffer.from('ab'.repeat(500))).bytes]);
    expect(out.length, 'held back as one find').toBe(0);
    expect(stream.push(Buffer.from('.')).held).toBe(0);
    expect(Object.values(stream).every((value) => !(value instanceof Uint8Array) || value.length < 100)).toBe(true);
  });

  it('forgets what it has learnt of the output rather than grow', () => {
    const mask = makeSmallMask(Array.from({ length: 200 }, (_, i) => `secret number ${i * 7919}`));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2000, maxLength: 4000 }), (bytes) => {
        expect(Buffer.from(streamed(mask, bytes, [100, 1000]))).toEqual(Buffer.from(streamed(mask, bytes, [])));
      }),
      { numRuns: 20 },
    );
  });
});

/** Returns text like a file of certificates: lines of base64. */
function certificates(length: number): string {
  let out = '';
  for (let i = 0; out.length < length; i++) {
    const body = Array.from({ length: 20 }, (_, line) => base64(createHash('sha384').update(`${i} ${line}`).digest()));
    out += `-----BEGIN CERTIFICATE-----\n${body.join('\n')}\n-----END CERTIFICATE-----\n`;
  }
  return out.slice(0, length);
}

describe('large secrets', () => {
  // Each took minutes to hours while the work for a byte grew with the secrets. The timeout of a test is the measure.
  it.each([60_000, 220_000, 1_300_000])('a mask of %i bytes', async (length) => {
    const secret = certificates(length);
    const mask = await makeMask([secret]);
    const part = secret.slice(0, 60_000);
    expect(mask.text(part).replace(maskText, '').length, 'what a piece has that is cut off').toBeLessThan(256);
    expect(mask.text(JSON.stringify(part)).replaceAll(maskText, '').length).toBeLessThan(400);
    expect(mask.text(base64(part)).replaceAll(maskText, '').length).toBeLessThan(400);
    const line = secret.split('\n')[secret.split('\n').length >> 1] ?? '';
    expect(mask.text(`x ${line} y`)).toBe(`x ${maskText} y`);
    const log = Array.from(
      { length: 5000 },
      (_, i) => `{"at":"12:00:${i}","msg":"it said \\"done\\"","path":"C:\\\\new\\\\${i}","url":"/a%20b?c=${i}"}\n`,
    ).join('');
    expect(mask.text(log)).toBe(log);
  });

  it('lets other work run while a mask is made', async () => {
    const secret = certificates(1_300_000);
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await makeMask([secret]);
    isDone = true;
    expect(turns).toBeGreaterThan(5);
  });

  it('masks a long text in turns', async () => {
    const secret = certificates(60_000);
    const mask = makeSmallMask([secret]);
    const text = `${'nothing to hide here\n'.repeat(100_000)}${secret}${JSON.stringify(secret)}end`;
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const { signal } = new AbortController();
    const [masked, hides] = [await mask.textInTurns(text, signal), await mask.hidesInTurns(text, signal)];
    isDone = true;
    expect(turns).toBeGreaterThan(1);
    expect(hides).toBe(true);
    expect(masked).toBe(mask.text(text));
    expect(await mask.hidesInTurns('nothing', signal)).toBe(false);
    await expect(mask.textInTurns(text, AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled');
  });

  it.each([
    ['one character', 'a'.repeat(5000), 'a'.repeat(255) + 'b'],
    ['one character, in base64', 'a'.repeat(5000), 'YWFh'.repeat(80)],
    ['one byte whose base64 is one character', 'U'.repeat(5000), 'V'.repeat(250) + '.'],
    ['backslashes', '\\'.repeat(5000), '\\'.repeat(200) + '.'],
    ['line ends', `${'\n'.repeat(300)}x`, '\r\n'.repeat(100) + '.'],
    ['two in turn', 'ab'.repeat(3000), 'ab'.repeat(127) + 'aa'],
    [
      'a shared beginning of every line',
      Array.from({ length: 10_000 }, (_, i) => `    - name: SETTING_${i}`).join('\n'),
      '    - name: SETTING_X\n',
    ],
  ])('a secret that repeats itself, and output that comes near it for long: %s', (_, secret, near) => {
    const mask = makeSmallMask([secret]);
    const stream = mask.stream();
    let length = 0;
    for (let i = 0; i < 1000; i++) length += stream.push(Buffer.from(near)).bytes.length;
    length += stream.end().length;
    expect(length).toBeGreaterThan(0);
  });
});
