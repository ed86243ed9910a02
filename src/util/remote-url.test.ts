import { expect, it } from 'vitest';
import { withoutCredentials } from './remote-url.ts';

it.each([
  ['https://user:pass@host/p', 'https://host/p'],
  ['https://token@host:8443/p@q', 'https://host:8443/p@q'],
  ['https://us@er:pa@ss@host/p', 'https://host/p'],
  ['ssh://git@host/p', 'ssh://host/p'],
  ['git@host:p', 'git@host:p'],
  ['https://host/p?a=b@c', 'https://host/p'],
  ['../relative@x', '../relative@x'],
  ['https://example.org/team/shop.git?token=PW', 'https://example.org/team/shop.git'],
  ['https://h/x#PW', 'https://h/x'],
  ['https://h?token=PW', 'https://h'],
  ['https://u:P#W@h/x', 'https://h/x'],
  ['https://u:P/W@h/x', 'https://h/x'],
  ['https://h:8443/a@b', 'https://h:8443/a@b'],
  ['https://[::1]:8443/a', 'https://[::1]:8443/a'],
  ['https:/u:PW@h/x', 'https:/h/x'],
  ['//u:PW@h/x', '//h/x'],
  [' https://u:PW@h/x', 'https://h/x'],
  ['gcrypt::https://u:PW@h/x', 'gcrypt::https://h/x'],
  ['ext::sh -c "curl https://u:PW@h"', 'ext::sh -c "curl https://h"'],
  ['user:PW@host:team/shop.git', 'host:team/shop.git'],
  ['/srv/a:b@c/shop.git', '/srv/a:b@c/shop.git'],
  ['C:\\shops@home\\shop', 'C:\\shops@home\\shop'],
  ['../shop', '../shop'],
])('%s is stored as %s', (url, expected) => {
  expect(withoutCredentials(url)).toBe(expected);
});
