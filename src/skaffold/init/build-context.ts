import { posix } from 'node:path';
import { goGlob, hasWildcards } from '../../util/glob/go-glob.ts';
import { quoted } from '../../util/visible.ts';

/** The names of a project, relative to its folder. */
export interface ProjectTree {
  readonly files: readonly string[];
  /** Whether a file or folder has this path. */
  has(path: string): boolean;
}

/** @param folders without the project itself */
export function projectTree(files: readonly string[], folders: readonly string[]): ProjectTree {
  const all = new Set([...files, ...folders, '.']);
  return { files: [...files, ...folders], has: (path) => all.has(path) };
}

/**
 * Returns the folder that a Dockerfile is built in: its own, unless `COPY` finds more of its sources in a folder above. Files
 * that a build makes first are missing everywhere, so they do not decide.
 * @param folder the folder of the Dockerfile
 * @param sources relative to the context
 */
export function buildContext(
  folder: string,
  sources: readonly string[],
  tree: ProjectTree,
): { readonly context: string; readonly contextReason?: string } {
  const wanted = [...new Set(sources.map((source) => posix.normalize(source === '' ? '.' : source)))];
  const found = (context: string) => wanted.filter((source) => isThere(posix.join(context, source), tree));
  const own = found(folder);
  let best = { context: folder, sources: own };
  for (let at = folder; at !== '.' && best.sources.length < wanted.length;) {
    at = posix.dirname(at);
    const here = found(at);
    if (here.length > best.sources.length) best = { context: at, sources: here };
  }
  if (best.context === folder) return { context: folder };
  const example = best.sources.find((source) => !own.includes(source)) ?? '';
  return { context: best.context, contextReason: `it copies ${quoted(example)}` };
}

function isThere(path: string, tree: ProjectTree): boolean {
  if (!hasWildcards(path)) return tree.has(path.replace(/\/$/, ''));
  const pattern = goGlob(path, 'star');
  return pattern !== undefined && tree.files.some((file) => pattern.matches(file));
}
