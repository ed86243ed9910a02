import { goGlob } from '../../util/glob/go-glob.ts';

/** Reports whether a pattern of `.dockerignore` matches a path. Folders above the path are paths of their own. */
export type PathPattern = (path: string) => boolean;

/**
 * Compiles a normalized pattern. Returns `undefined` if it is invalid. Common forms, such as `dist`, `**\/*.log` and
 * `src/**`, are compared as texts: an index asks for each path of a large tree.
 */
export function pathPattern(text: string): PathPattern | undefined {
  if (!/[*?[\\]/.test(text)) return (path) => path === text;
  if (text === '**') return () => true;
  const [, start = ''] = /^([^*?[\\]+\/)\*\*$/.exec(text) ?? [];
  if (start !== '') return (path) => path.startsWith(start);
  const [, end = ''] = /^\*\*\/([^*?[\\]+)$/.exec(text) ?? [];
  if (end !== '') return anywhere(end);
  // Without a slash, `**` is a part of a name: `**.log` is the same as `**/*.log`.
  const [, suffix = ''] = /^\*\*([^/*?[\]\\][^*?[\]\\]*)$/.exec(text) ?? [];
  if (suffix !== '') return (path) => path.endsWith(suffix);
  const [, folders, name = ''] = /^(\*\*\/)?([^/?[\\]+)$/.exec(text) ?? [];
  if (name !== '' && !name.includes('**')) return named(name.split('*'), folders !== undefined);
  const pattern = goGlob(text, 'folders');
  return pattern && ((path) => pattern.matches(path));
}

/** `**\/a/b` */
function anywhere(text: string): PathPattern {
  const below = `/${text}`;
  return (path) => path === text || path.endsWith(below);
}

/** `a*b` or `**\/a*b`. @param parts the texts between the stars. Each is taken at its first place, except the last */
function named(parts: readonly string[], inFolders: boolean): PathPattern {
  const first = parts[0]!;
  const last = parts.at(-1)!;
  return (path) => {
    if (!path.endsWith(last)) return false;
    const start = path.lastIndexOf('/') + 1;
    if ((start > 0 && !inFolders) || !path.startsWith(first, start)) return false;
    const end = path.length - last.length;
    let at = start + first.length;
    for (let i = 1; i < parts.length - 1; i++) {
      const found = path.indexOf(parts[i]!, at);
      if (found < 0) return false;
      at = found + parts[i]!.length;
    }
    return at <= end;
  };
}
