/**
 * Reports whether a path or glob, relative to the workspace's root, could lead out of it. `..` counts wherever a
 * pattern could expand to it as a path component, also in braces: `{..,dist}/x`.
 */
export function leadsOutside(path: string): boolean {
  return (
    /^(?:[\\/]|~(?:[\\/]|$)|[a-zA-Z]:[\\/])/.test(path) ||
    /(?:^|[\\/{,(|])\.\.(?:[\\/},)|]|$)/.test(path) ||
    /^[@+?!*]?[{(](?:[^})]*[,|])?[\\/]/.test(path)
  );
}

/** Reports whether a path is a pattern. */
export function isPattern(path: string): boolean {
  return /[*?[\]{}]|^!/.test(path);
}

/** Removes `./`, and doubled and trailing slashes. Returns `''` for the root itself. */
export function tidyPath(path: string): string {
  return path
    .split('/')
    .filter((component) => component !== '' && component !== '.')
    .join('/');
}
