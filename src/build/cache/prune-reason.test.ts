import { describe, expect, it } from 'vitest';
import type { PruneReason } from '../../model/cached-image.ts';
import { pruneReason } from './prune-reason.ts';

describe('why an entry of the cache is removed', () => {
  it.each<[string, number, { readonly all?: true; readonly gone?: true }, PruneReason | undefined]>([
    ['new', 950, {}, undefined],
    ['just young enough', 900, {}, undefined],
    ['too old', 899, {}, 'old'],
    ['from the future', 2000, {}, undefined],
    ['new, of a folder that is gone', 950, { gone: true }, 'folder-gone'],
    ['new, but all are removed', 950, { all: true }, 'all'],
    ['new, gone, and all are removed', 950, { all: true, gone: true }, 'all'],
  ])('%s', (_, builtAt, { all = false, gone = false }, reason) => {
    expect(pruneReason({ builtAt, context: '/app' }, { all, now: 1000, olderThanMs: 100 }, () => !gone)).toBe(reason);
  });
});
