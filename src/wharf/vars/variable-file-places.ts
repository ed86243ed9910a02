import { dirname, join } from 'node:path';

/** A file that may define variables. */
export interface VariableFilePlace {
  readonly path: string;
  /**
   * The name in diagnostics and `vars list`: relative to the configuration's folder if inside it, otherwise absolute.
   */
  readonly name: string;
  /** Whether the file is beside the configuration and so belongs to the project. */
  readonly beside: boolean;
  /** Whether the file is in a parent folder of the configuration. */
  readonly above: boolean;
}

/** The settings of user and machine that determine where files are. */
export interface UserFolders {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly home: string;
}

const fileName = '.wharf-vars.yml';
const ofUser = ['iver-wharf', 'wharf-cmd', 'wharf-vars.yml'];

/**
 * Returns every possible place of a variables file, the nearest and strongest first (docs/design/wharf.md,
 * "Variables").
 * @param directory the absolute folder of the configuration
 */
export function variableFilePlaces(directory: string, user: UserFolders): readonly VariableFilePlace[] {
  const places: VariableFilePlace[] = [{ path: join(directory, fileName), name: fileName, beside: true, above: false }];
  const elsewhere = (path: string, above: boolean) => places.push({ path, name: path, beside: false, above });
  for (let at = directory; at !== dirname(at); at = dirname(at)) elsewhere(join(dirname(at), fileName), true);
  elsewhere(join(userConfigFolder(user), ...ofUser), false);
  if (user.platform === 'linux') elsewhere(join('/etc', ...ofUser), false);
  return places;
}

function userConfigFolder({ env, platform, home }: UserFolders): string {
  if (platform === 'win32') return env['APPDATA'] || join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return env['XDG_CONFIG_HOME'] || join(home, '.config');
}
