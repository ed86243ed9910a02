import { expect, it } from 'vitest';
import { plainLook } from '../text/look.ts';
import { tableOf } from './vars-list.ts';

it('lists more variables than a function takes arguments', () => {
  const rows = Array.from({ length: 240_000 }, (_, i) => ({ name: `v${i}`, value: 'x', source: 's', hidden: false }));
  expect(tableOf(rows, plainLook)[0]).toBe('v0       x  s');
});
