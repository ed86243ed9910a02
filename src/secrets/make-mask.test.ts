import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskText } from '../model/mask-text.ts';
import { makeMask } from './make-mask.ts';
import { noMask, type Mask } from './mask.ts';

const url = encodeURIComponent;
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');

function streamed(mask: Mask, bytes: Uint8Array, cuts: readonly number[]): Buffer {
  const stream = mask.stream();
  const out: Uint8Array[] = [];
  let at = 0;
  for (const cut of [...cuts].map((one) => one % (bytes.length + 1)).sort((a, b) => a - b)) {
    // A copy, since what is pushed belongs to the stream.
    out.push(Buffer.from(stream.push(Uint8Array.from(bytes.subarray(at, cut))).bytes));
    at = cut;
  }
  out.push(Buffer.from(stream.push(Uint8Array.from(bytes.subarray(at))).bytes), stream.end());
  return Buffer.concat(out);
}

/** Secrets that overlap themselves and each other. */
const selfSimilar = fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'ä'), minLength: 1, maxLength: 12 });
const anySecret = fc.oneof(selfSimilar, fc.string({ minLength: 1, maxLength: 30 }), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }));
const secrets = fc.array(anySecret, { minLength: 1, maxLength: 4 });
const cuts = fc.array(fc.nat({ max: 5000 }), { maxLength: 20 });

/** Output with secrets in it, whole and in part. */
const outputWith = (values: readonly string[]) =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...values).map((value) => Buffer.from(value)),
        fc.tuple(fc.constantFrom(...values), fc.nat({ max: 12 })).map(([value, length]) => Buffer.from(value).subarray(0, length)),
        fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
        fc.constantFrom(...values).map((value) => Buffer.from(base64(value))),
        fc.constantFrom('a', 'b', ' ', '\n', '%', '\\').map((text) => Buffer.from(text)),
      ),
      { maxLength: 20 },
    )
    // What stands for a secret must not come from elsewhere.
    .map((parts) => Buffer.concat(parts).map((byte) => (byte === 0x2a ? 0x2b : byte)) as Buffer);

const secretsAndOutput = secrets.chain((values) => fc.record({ values: fc.constant(values), output: outputWith(values) }));

describe('the forms of a secret', () => {
  const secret = 'p?ss w/rd+"\\{ü}';
  const mask = makeMask([secret]);

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

  it.each([0, 1, 2, 3, 4, 5].flatMap((before) => [0, 1, 2].map((after) => [before, after] as const)))('base64 with %i bytes before and %i behind it', (before, after) => {
    const text = Buffer.concat([Buffer.alloc(before, 'x'), Buffer.from(secret), Buffer.alloc(after, 'y')]);
    for (const written of [text.toString('base64'), text.toString('base64').replace(/=+$/, ''), text.toString('base64url'), url(text.toString('base64'))]) {
      const masked = mask.text(`<${written}>`);
      expect(masked).toMatch(/^<[A-Za-z0-9]*\*\*\*[A-Za-z0-9]*(?:=|%3D)*>$/);
      // All that is left is made of what stands beside the secret.
      expect(masked.replace(maskText, '').length).toBeLessThanOrEqual(2 + Math.ceil((before * 8) / 6) + Math.ceil((after * 8) / 6) + 6);
    }
  });

  it('base64 in lines of any length', () => {
    const long = 'a secret of some length, which fills more than one line of base64, as keys do';
    const hidden = makeMask([long]);
    for (let columns = 4; columns < 80; columns++) {
      for (const lineEnd of ['\n', '\r\n', '\\n']) {
        for (const before of ['', 'x', 'user:']) {
          const written = base64(before + long);
          const lines = written.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [];
          const left = hidden.text(lines.join(lineEnd)).replace(maskText, '').replaceAll('\\n', '').replace(/\s|=/g, '');
          // Characters of what stands before it, and at most three at the end of a line that was let go.
          expect(left.length, `${columns} columns`).toBeLessThanOrEqual(Math.ceil((before.length * 8) / 6) + 3);
        }
      }
    }
  });

  it('each line of a value with several, without blanks around it', () => {
    const lines = makeMask(['first line\n  second line\r\nabc\n']);
    expect(lines.text('second line')).toBe(maskText);
    expect(lines.text('x first line y')).toBe(`x ${maskText} y`);
    expect(lines.text('abc'), 'too short to be one').toBe('abc');
    expect(lines.text('first line\n  second line\nabc')).not.toContain('abc');
  });

  it('a long value in parts', () => {
    const long = Array.from({ length: 400 }, (_, i) => `part ${i} `).join('');
    const parts = makeMask([long]);
    expect(parts.text(`<${long}>`)).toBe(`<${maskText}>`);
    expect(parts.text(`<${base64(long)}>`)).toMatch(/^<\*\*\*=*>$/);
    expect(parts.text(`<${url(long)}>`)).toBe(`<${maskText}>`);
  });

  it('finds that overlap or adjoin are hidden as one', () => {
    expect(makeMask(['abab']).text('xababab|abababab')).toBe('x***|***');
    expect(makeMask(['abc', 'cde']).text('abcde abccde')).toBe('*** ***');
    expect(makeMask(['bcd', 'abcdef']).text('abcdef abcde')).toBe('*** a***e');
  });

  it('an empty value is no secret', () => {
    expect(makeMask(['']).text('anything')).toBe('anything');
    expect(makeMask([''])).toBe(noMask);
    expect(makeMask([' ']).text('a b')).toBe('a***b');
  });

  it('a short one is hidden, too', () => {
    expect(makeMask(['no']).text('no, not now')).toBe('***, ***t ***w');
    expect(makeMask(['x']).text(base64('x'))).toBe(base64('x'));
  });
});

describe('a masked stream', () => {
  it('gives the same however it is cut', () => {
    fc.assert(
      fc.property(secretsAndOutput, cuts, ({ values, output }, at) => {
        const mask = makeMask(values);
        expect(streamed(mask, output, at).toString('latin1')).toBe(streamed(mask, output, []).toString('latin1'));
      }),
      { numRuns: 400 },
    );
  });

  it('lets no secret out, and changes nothing else', () => {
    fc.assert(
      fc.property(secretsAndOutput, cuts, ({ values, output }, at) => {
        const masked = streamed(makeMask(values), output, at).toString('latin1');
        const pieces = masked.split(maskText);
        for (const value of values) for (const piece of pieces) expect(piece).not.toContain(Buffer.from(value).toString('latin1'));
        // What is left is there in that order, and the first and last of it at the ends.
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
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }), fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 60 }), (values, text) => {
        const hidden = Array.from(text, (_, i) => values.some((value) => [...value].some((__, back) => text.startsWith(value, i - back) && i - back >= 0)));
        const expected = Array.from(text, (character, i) => (hidden[i] !== true ? character : hidden[i - 1] === true ? '' : maskText)).join('');
        expect(makeMask(values).text(text)).toBe(expected);
      }),
      { numRuns: 600 },
    );
  });

  it('lets go all but what may begin a secret, and can be begun again there', () => {
    fc.assert(
      fc.property(secretsAndOutput, fc.nat({ max: 5000 }), ({ values, output }, cut) => {
        const mask = makeMask(values);
        const at = cut % (output.length + 1);
        const first = mask.stream();
        const { bytes, held } = first.push(Uint8Array.from(output.subarray(0, at)));
        const again = streamed(mask, output.subarray(at - held), []);
        const joined = Buffer.concat([bytes, again]).toString('latin1');
        // A second reader cannot know that what it begins with adjoins what was hidden before.
        const whole = streamed(mask, output, []).toString('latin1');
        expect(joined.replaceAll(`${maskText}${maskText}`, maskText)).toBe(whole.replaceAll(`${maskText}${maskText}`, maskText));
      }),
      { numRuns: 600 },
    );
  });

  it('holds back nothing of what begins no secret', () => {
    const stream = makeMask(['hunter2']).stream();
    const push = (text: string) => {
      const { bytes, held } = stream.push(Buffer.from(text));
      return [Buffer.from(bytes).toString(), held];
    };
    expect(push('ready.\n')).toEqual(['ready.\n', 0]);
    expect(push('a hunt')).toEqual(['a ', 4]);
    expect(push('er')).toEqual(['', 6]);
    expect(push('s.')).toEqual(['hunters.', 0]);
    expect(push('hunter')).toEqual(['', 6]);
    // Its end could begin the next one, in base64 with something before it.
    expect(push('2')).toEqual(['', 7]);
    expect(push(' hunter')).toEqual([`${maskText} `, 6]);
    expect(Buffer.from(stream.end()).toString()).toBe('hunter');
  });

  it('keeps few bytes, also where a secret overlaps itself without end', () => {
    const stream = makeMask(['ababab']).stream();
    let out = Buffer.alloc(0);
    for (let i = 0; i < 2000; i++) out = Buffer.concat([out, stream.push(Buffer.from('ab'.repeat(500))).bytes]);
    expect(out.length, 'held back as one find').toBe(0);
    expect(stream.push(Buffer.from('.')).held).toBe(0);
    expect(Object.values(stream).every((value) => !(value instanceof Uint8Array) || value.length < 100)).toBe(true);
  });

  it('forgets what it has learnt of the output rather than grow', () => {
    const mask = makeMask(Array.from({ length: 200 }, (_, i) => `secret number ${i * 7919}`));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2000, maxLength: 4000 }), (bytes) => {
        expect(Buffer.from(streamed(mask, bytes, [100, 1000]))).toEqual(Buffer.from(streamed(mask, bytes, [])));
      }),
      { numRuns: 20 },
    );
  });
});
