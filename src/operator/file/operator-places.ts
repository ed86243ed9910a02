import { posix, win32 } from 'node:path';

/** The absolute paths of the operator's files. Both may be missing. */
export interface OperatorPlaces {
  /** The file of the machine's administrator. It overrides the user's file. */
  readonly system: string;
  readonly user: string;
}

/**
 * Returns the platform's configuration paths for all users and for one user. An absolute `XDG_CONFIG_HOME` applies on
 * every platform, as its specification says.
 * @param platform as Node names it
 */
export function operatorPlaces(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
  home: string,
): OperatorPlaces {
  const windows = platform === 'win32';
  const paths = windows ? win32 : posix;
  const folder = (name: string, otherwise: string) => {
    const path = env[name];
    return path !== undefined && paths.isAbsolute(path) ? path : otherwise;
  };
  const file = (configuration: string) => paths.join(configuration, 'slipway', 'config.yaml');
  if (windows)
    return {
      system: file(folder('ProgramData', 'C:\\ProgramData')),
      user: file(folder('XDG_CONFIG_HOME', folder('APPDATA', paths.join(home, 'AppData', 'Roaming')))),
    };
  const usual =
    platform === 'darwin' ? paths.join(home, 'Library', 'Application Support') : paths.join(home, '.config');
  return {
    system: file(platform === 'darwin' ? '/Library/Application Support' : '/etc'),
    user: file(folder('XDG_CONFIG_HOME', usual)),
  };
}
