import { join } from 'node:path';

/** Where runs, artifacts and caches are kept: `SLIPWAY_STATE`, else the user's state directory as the platform has it. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>, platform: string, home: string): string {
  const own = env['SLIPWAY_STATE'];
  if (own !== undefined && own !== '') return own;
  const xdg = env['XDG_STATE_HOME'];
  if (xdg !== undefined && xdg !== '') return join(xdg, 'slipway');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'slipway');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'slipway');
  return join(home, '.local', 'state', 'slipway');
}
