import { expect, it } from 'vitest';
import { stateFolder } from './state-folder.ts';

it.each<[Record<string, string>, string, string]>([
  [{}, 'linux', '/home/me/.local/state/slipway'],
  [{ SLIPWAY_STATE: '/srv/state' }, 'linux', '/srv/state'],
  [{ SLIPWAY_STATE: 'state' }, 'linux', '/srv/shop/state'],
  [{ SLIPWAY_STATE: '' }, 'linux', '/home/me/.local/state/slipway'],
  [{ XDG_STATE_HOME: '/srv/xdg' }, 'linux', '/srv/xdg/slipway'],
  [{ XDG_STATE_HOME: 'xdg' }, 'linux', '/home/me/.local/state/slipway'],
  [{ XDG_STATE_HOME: '' }, 'darwin', '/home/me/Library/Application Support/slipway'],
  [{ LOCALAPPDATA: '/local' }, 'win32', '/local/slipway'],
])('%j on %s is %s', (env, platform, folder) => {
  expect(stateFolder({ env, platform, home: '/home/me', cwd: '/srv/shop' })).toBe(folder);
});
