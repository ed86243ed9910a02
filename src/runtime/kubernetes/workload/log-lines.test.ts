import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogLines, type LineVerdict } from './log-lines.ts';
import { StampReader, stampText } from './log-stamp.ts';

const stamp = '2026-11-21T15:43:06.227790330Z ';

/** Returns the taken bytes if they arrive in parts of these lengths (the last one repeated). */
function taken(
  log: string,
  parts: readonly number[],
  judge: () => LineVerdict = () => 'take',
  torn = false,
): { text: string; lines: LogLines } {
  const lines = new LogLines(judge, () => torn);
  const bytes = Buffer.from(log, 'latin1');
  let text = '';
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = parts[Math.min(i, parts.length - 1)] ?? bytes.length;
    text += lines.push(Buffer.from(bytes.subarray(at, at + length))).toString('latin1');
    at += length;
  }
  lines.end();
  return { text, lines };
}

describe('lines of a log with stamps', () => {
  test.each([
    ['nothing', '', ''],
    ['one line', `${stamp}a\n`, 'a\n'],
    ['no newline at the end', `${stamp}a\n${stamp}b`, 'a\nb'],
    ['an empty line', `${stamp}\n${stamp}\n`, '\n\n'],
    ['a line that looks like a stamp', `${stamp}${stamp}x\n`, `${stamp}x\n`],
    ['NUL, \\r and bytes that are not text', `${stamp}\0\r\xff\xfe \n`, '\0\r\xff\xfe \n'],
    ['a node in another time zone', `2026-11-21T17:43:06.227790330+02:00 a\n`, 'a\n'],
    ['a short fraction, and none', `2026-11-21T15:43:06.5Z a\n2026-11-21T15:43:07Z b\n`, 'a\nb\n'],
  ])('%s', (_, log, text) => {
    for (const part of [1, 2, 7, 31, 1_000])
      expect(taken(log, [part])).toMatchObject({ text, lines: { foreign: undefined } });
  });

  test('the result is the same, however the input is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('', 'a', 'some words', '\r', stamp, 'x'.repeat(100)), { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        (lines, parts) => {
          expect(taken(lines.map((line) => `${stamp}${line}\n`).join(''), parts).text).toBe(
            lines.map((line) => `${line}\n`).join(''),
          );
        },
      ),
    );
  });

  test('an error of the kubelet after the lines is not a line, and neither is a cut stamp', () => {
    for (const part of [1, 5, 1_000]) {
      const { text, lines } = taken(`${stamp}a\nrpc error: code = Unavailable`, [part]);
      expect(text).toBe('a\n');
      expect(lines.foreign).toMatch(/^rpc error/);
      expect(taken(`${stamp}a\n${stamp.slice(0, 12)}`, [part]).lines.foreign).toBeDefined();
      expect(taken(`${stamp}a\n${stamp}`, [part]).lines.foreign).toBeDefined();
    }
  });

  test('the rest of an earlier line is skipped where it may occur', () => {
    for (const part of [1, 5, 1_000])
      expect(taken(`the rest\n${stamp}a\n`, [part], () => 'take', true)).toMatchObject({
        text: 'a\n',
        lines: { foreign: undefined },
      });
  });

  test('lines are skipped, and nothing follows one that stops', () => {
    const verdicts: LineVerdict[] = ['pass', 'take', 'stop'];
    expect(taken(`${stamp}a\n${stamp}b\n${stamp}c\n`, [1_000], () => verdicts.shift() ?? 'take')).toMatchObject({
      text: 'b\n',
      lines: { stopped: true },
    });
  });
});

test.each([
  ['2026-11-21T15:43:06.227790330Z ', '2026-11-21T15:43:06.227790330Z'],
  ['2026-11-21T17:43:06.227790330+02:00 ', '2026-11-21T15:43:06.227790330Z'],
  ['2026-11-21T10:13:06.000000001-05:30 ', '2026-11-21T15:43:06.000000001Z'],
  ['2024-02-29T23:59:59.9Z ', '2024-02-29T23:59:59.900000000Z'],
  ['2026-11-21T15:43:06.227790330Z', undefined],
  ['2026-11-21 15:43:06.227790330Z ', undefined],
  ['2026-11-21T15:43:0x.227790330Z ', undefined],
  ['', undefined],
])('the stamp %j', (text, meant) => {
  const reader = new StampReader();
  const bytes = Buffer.from(text);
  const length = reader.read(bytes, 0, bytes.length);
  expect(length === 0 ? undefined : stampText(reader)).toBe(meant);
  if (meant !== undefined) expect(length).toBe(text.length);
});
