import { expect, it } from 'vitest';
import { commandPrefix } from './command-prefix.ts';

it.each([
  ['/home/me/shop', '/home/me/shop', 'slipway'],
  ['/home/me', '/home/me/shop', 'slipway -C shop'],
  ['/home/me/shop/web', '/home/me/shop', 'slipway -C ..'],
  ['/var/lib/ci/jobs/17', '/srv/a', 'slipway -C /srv/a'],
  ['/home/me', '/home/me/my shop', "slipway -C 'my shop'"],
  [undefined, '/home/me/shop', 'slipway'],
  ['/home/me', undefined, 'slipway'],
])('a shell in %s says of a run in %s: %s', (here, directory, expected) => {
  expect(commandPrefix(here, directory)).toBe(expected);
});
