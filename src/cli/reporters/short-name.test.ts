import { expect, it } from 'vitest';
import { makeLook, plainLook } from '../text/look.ts';
import { shortName } from './short-name.ts';

it.each([
  ['unit', 80, 'unit'],
  ['a-step-with-a-rather-long-name', 80, 'a-step-with-a-rathe…'],
  ['a-step-with-a-rather-long-name', 120, 'a-step-with-a-rather-long-name'],
  ['registry.example.org/team/shop-web', 80, '…/team/shop-web'],
  ['registry.example.org/team/shop-web', 120, '…/team/shop-web'],
  ['registry.example.org/shop-web-with-a-long-name', 80, '…eb-with-a-long-name'],
  ['registry/日本語日本語日本語日本語', 80, '…日本語日本語日本語'],
])('%s in %i columns: %s', (name, columns, short) => expect(shortName(name, columns, plainLook)).toBe(short));

it('has characters of the screen', () => {
  expect(shortName('registry.example.org/team/shop-web', 80, makeLook(false, false))).toBe('.../team/shop-web');
});
