import { dirname, join } from 'node:path';

/** A file that may define variables. */
export interface VariableFilePlace {
  readonly path: string;
  /** As diagnostics and `vars list` call it: within the configuration's folder relative to that, else absolute. */
  readonly name: string;
  /** It lies beside the configuration: part of the project, as that is. */
  readonly beside: boolean;
  /** It lies in a folder above the configuration's. */
  readonly above: boolean;
}

/** Of the user and of the machine, as far as it decides where files are. */
export interface UserFolders {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly home: string;
}

const fileName = '.wharf-vars.yml';
const ofUser = ['iver-wharf', 'wharf-cmd', 'wharf-vars.yml'];

/**
 * Every place of a file with variables, the nearest and strongest first (docs/design/wharf.md, "Variables").
 * @param directory the configuration's, absolute
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
