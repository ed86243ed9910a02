import fc from 'fast-check';
import { expect, it } from 'vitest';
import { terminalJson } from './terminal-json.ts';

it('escapes what would steer a terminal, and means the same', () => {
  expect(terminalJson(JSON.stringify({ name: 'exe.\u202egpj\u009b2J' }))).toBe('{"name":"exe.\\u202egpj\\u009b2J"}');
  const text = fc.string({
    unit: fc.constantFrom('a', '\\', '"', '\u202e', '\u2069', '\u061c', '\u0085', 'ä', '\u200d'),
  });
  fc.assert(fc.property(text, (one) => JSON.parse(terminalJson(JSON.stringify(one))) === one));
});
