import type { CachedImage, CachePruning, PruneReason } from '../../model/cached-image.ts';

/** Returns why an entry is removed, or `undefined` if it stays. */
export function pruneReason(
  { builtAt, context }: Pick<CachedImage, 'builtAt' | 'context'>,
  { all, now, olderThanMs }: Pick<CachePruning, 'all' | 'now' | 'olderThanMs'>,
  exists: (folder: string) => boolean,
): PruneReason | undefined {
  if (all) return 'all';
  if (!exists(context)) return 'folder-gone';
  return now - builtAt > olderThanMs ? 'old' : undefined;
}
