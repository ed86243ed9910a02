/** What a path means in a tree once the links on its way are followed; its bytes are one character each. */
export type ResolvedPath =
  /** Without links; `''` is the tree itself. Nothing needs to be there. */
  | { readonly status: 'inside'; readonly path: string }
  /** A link on the way, or at the path itself, leads out of the tree: an absolute one always does. */
  | { readonly status: 'outside'; readonly link: string; readonly target: string }
  | { readonly status: 'endless'; readonly link: string };

/** As many links are followed on one way as Linux follows. */
const mostLinks = 40;

/**
 * @param linkAt the target of a link, `undefined` for what is none; it is asked from the root down, for paths without
 * links
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
