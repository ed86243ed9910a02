/** The result of resolving the links on a path in a tree. Paths have one character for each byte. */
export type ResolvedPath =
  /** The path without links. `''` is the root. The path need not exist. */
  | { readonly status: 'inside'; readonly path: string }
  /** A link on the path leads out of the tree. An absolute one always does. */
  | { readonly status: 'outside'; readonly link: string; readonly target: string }
  | { readonly status: 'endless'; readonly link: string };

/** Linux follows the same number of links. */
const mostLinks = 40;

/**
 * @param linkAt returns the target of a link, or `undefined`; called from the root down with link-free paths
 */
export async function resolvePath(
  path: string,
  linkAt: (path: string) => string | undefined | Promise<string | undefined>,
): Promise<ResolvedPath> {
  const here: string[] = [];
  const steps = path.split('/').reverse();
  let links = 0;
  let last = { link: '', target: '' };
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if (step === '' || step === '.') continue;
    if (step === '..') {
      if (here.pop() === undefined) return { status: 'outside', ...last };
      continue;
    }
    const at = [...here, step].join('/');
    const target = await linkAt(at);
    if (target === undefined) {
      here.push(step);
      continue;
    }
    last = { link: at, target };
    if (target.startsWith('/')) return { status: 'outside', ...last };
    if (++links > mostLinks) return { status: 'endless', link: at };
    steps.push(...target.split('/').reverse());
  }
  return { status: 'inside', path: here.join('/') };
}
