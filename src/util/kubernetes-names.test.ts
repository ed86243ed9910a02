import { expect, test } from 'vitest';
import { isDnsLabel, isDnsSubdomain, isLabelKey, isLabelValue } from './kubernetes-names.ts';

const long = (length: number) => 'a'.repeat(length);

test.each<[string, (text: string) => boolean, readonly string[], readonly string[]]>([
  ['a DNS label', isDnsLabel, ['a', '0', 'a-1', long(63)], ['', '-a', 'a-', 'A', 'a.b', 'a_b', 'a\n', long(64)]],
  [
    'a DNS subdomain',
    isDnsSubdomain,
    ['a', 'a.b', '0.1-2', long(253)],
    ['', '.', 'a.', '.a', 'a..b', 'a.-b', 'A', 'a/b', long(254)],
  ],
  [
    'the key of a label',
    isLabelKey,
    ['a', 'A_b.c-D', 'x.io/a', long(63), `${long(253)}/${long(63)}`],
    ['', '/a', 'a/', 'a/b/c', 'X.io/a', '-a', 'a-', 'a b', long(64), `${long(254)}/a`],
  ],
  [
    'the value of a label',
    isLabelValue,
    ['', 'a', 'A_b.c-D', '0', long(63)],
    ['-a', 'a-', 'a b', 'a/b', 'é', long(64)],
  ],
])('%s', (_, test, valid, invalid) => {
  expect(valid.filter((text) => !test(text))).toEqual([]);
  expect(invalid.filter((text) => test(text))).toEqual([]);
});
