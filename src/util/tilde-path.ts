/** Returns a path with `~` for the home folder. */
export function tildePath(path: string, home: string): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/** Returns a path with a leading `~` replaced by the home folder. */
export function withoutTilde(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? `${home}${path.slice(1)}` : path;
}
