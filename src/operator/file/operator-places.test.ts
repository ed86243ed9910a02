import { expect, it } from 'vitest';
import { operatorPlaces } from './operator-places.ts';

it.each([
  ['linux', {}, '/home/dev', '/etc/slipway/config.yaml', '/home/dev/.config/slipway/config.yaml'],
  ['linux', { XDG_CONFIG_HOME: '/cfg' }, '/home/dev', '/etc/slipway/config.yaml', '/cfg/slipway/config.yaml'],
  [
    'linux',
    { XDG_CONFIG_HOME: 'cfg' },
    '/home/dev',
    '/etc/slipway/config.yaml',
    '/home/dev/.config/slipway/config.yaml',
  ],
  [
    'linux',
    { XDG_CONFIG_HOME: '', APPDATA: '/x' },
    '/home/dev',
    '/etc/slipway/config.yaml',
    '/home/dev/.config/slipway/config.yaml',
  ],
  [
    'darwin',
    {},
    '/Users/dev',
    '/Library/Application Support/slipway/config.yaml',
    '/Users/dev/Library/Application Support/slipway/config.yaml',
  ],
  [
    'darwin',
    { XDG_CONFIG_HOME: '/cfg' },
    '/Users/dev',
    '/Library/Application Support/slipway/config.yaml',
    '/cfg/slipway/config.yaml',
  ],
  [
    'win32',
    { APPDATA: 'C:\\Users\\dev\\AppData\\Roaming', ProgramData: 'D:\\Data' },
    'C:\\Users\\dev',
    'D:\\Data\\slipway\\config.yaml',
    'C:\\Users\\dev\\AppData\\Roaming\\slipway\\config.yaml',
  ],
  [
    'win32',
    {},
    'C:\\Users\\dev',
    'C:\\ProgramData\\slipway\\config.yaml',
    'C:\\Users\\dev\\AppData\\Roaming\\slipway\\config.yaml',
  ],
])('on %s with %j of %s: %s, %s', (platform, env, home, system, user) => {
  expect(operatorPlaces(env, platform, home)).toEqual({ system, user });
});
