import { isAbsolute, join, resolve } from 'node:path';

/** What the place of the state folder depends on. */
export interface StateFolderOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly home: string;
  /** Where a relative `SLIPWAY_STATE` begins. */
  readonly cwd: string;
}

/**
 * Returns where runs, artifacts and caches are kept, absolute: `SLIPWAY_STATE`, else the user's state directory as the
 * platform has it. An empty variable counts as unset, and so does a relative `XDG_STATE_HOME` (XDG Base Directory
 * Specification).
 */
export function stateFolder({ env, platform, home, cwd }: StateFolderOptions): string {
  const own = env['SLIPWAY_STATE'];
  if (own !== undefined && own !== '') return resolve(cwd, own);
  const xdg = env['XDG_STATE_HOME'];
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'slipway');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'slipway');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'slipway');
  return join(home, '.local', 'state', 'slipway');
}
