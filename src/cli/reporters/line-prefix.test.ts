import { expect, test } from 'vitest';
import type { LinePrefix } from '../../model/plan.ts';
import { linePrefix } from './line-prefix.ts';

test.each<[LinePrefix, string, string, string]>([
  ['container', 'web-7c9f', 'app', '[app]'],
  ['podAndContainer', 'web-7c9f', 'app', '[web-7c9f app]'],
  ['podAndContainer', 'app', 'app', '[app app]'],
  ['auto', 'web-7c9f', 'app', '[web-7c9f app]'],
  ['auto', 'app', 'app', '[app]'],
  ['none', 'web-7c9f', 'app', ''],
  ['podAndContainer', 'shop/web-7c9f', 'app', '[shop/web-7c9f app]'],
  ['container', 'web-7c9f', '\u001b[31mapp', '[\\u001b[31mapp]'],
])('%s of %s/%s is %s', (prefix, workload, container, expected) => {
  expect(linePrefix({ workload, container }, prefix)).toBe(expected);
});
