import { isAbsolute, join, resolve } from 'node:path';

/** What determines the state folder. */
export interface StateFolderOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly home: string;
  /** The base of a relative `SLIPWAY_STATE`. */
  readonly cwd: string;
}

/**
 * Returns the absolute path of the folder for runs, artifacts and caches: `SLIPWAY_STATE`, else the state directory of
 * the platform. Empty variables count as unset. So does a relative `XDG_STATE_HOME` (XDG Base Directory Specification).
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
