import { expect, test } from 'vitest';
import { lineFields } from './line-fields.ts';

const line = '{"time":1643740871,"level":"INFO","message":"hello","at":{"file":"a.ts"},"none":null}';

test.each<[string, string, readonly string[], string]>([
  ['the fields in their order', line, ['message', 'level', 'time'], 'message: hello, level: INFO, time: 1643740871'],
  ['without those that are missing', line, ['message', 'missing'], 'message: hello'],
  ['objects and null as JSON', line, ['at', 'none'], 'at: {"file":"a.ts"}, none: null'],
  ['nothing is asked for', line, [], line],
  ['no field is there', line, ['missing'], line],
  ['no JSON', 'hello', ['message'], 'hello'],
  ['JSON that is cut', '{"message":"hel', ['message'], '{"message":"hel'],
  ['no object', '["message"]', ['0'], '["message"]'],
  ['a field of every object in JavaScript', '{"a":1}', ['toString'], '{"a":1}'],
  [
    'control characters stay visible',
    '{"message":"\\u001b[31mred\\nnext"}',
    ['message'],
    'message: \\u001b[31mred\\nnext',
  ],
])('%s', (_, text, fields, expected) => {
  expect(lineFields(text, fields)).toBe(expected);
});
