/**
 * Whether a path or glob, named from the workspace's root, could lead out of it. `..` counts wherever a pattern could
 * make a path component of it, also between braces: `{..,dist}/x`.
 */
export function leadsOutside(path: string): boolean {
  return (
    /^(?:[\\/]|~(?:[\\/]|$)|[a-zA-Z]:[\\/])/.test(path) ||
    /(?:^|[\\/{,(|])\.\.(?:[\\/},)|]|$)/.test(path) ||
    /^[@+?!*]?[{(](?:[^})]*[,|])?[\\/]/.test(path)
  );
}

/** Whether a path is a pattern. */
export function isPattern(path: string): boolean {
  return /[*?[\]{}]|^!/.test(path);
}

/** Without `./`, doubled and trailing slashes; `''` for the root itself. */
export function tidyPath(path: string): string {
  return path
    .split('/')
    .filter((component) => component !== '' && component !== '.')
    .join('/');
}
