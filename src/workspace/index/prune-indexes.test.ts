import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { pruneIndexes, type IndexPruning } from './prune-indexes.ts';
import { openTreeIndex } from './tree-index.ts';

describe('pruning indexes', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let cache: string;
  beforeEach(() => {
    folder = temporaryFolder();
    cache = path.join(folder.path, 'cache');
  });
  afterEach(() => folder[Symbol.dispose]());

  const later = Date.now() + 7_200_000;
  async function learn(name: string): Promise<void> {
    const tree = path.join(folder.path, name);
    fs.mkdirSync(tree, { recursive: true });
    fs.writeFileSync(path.join(tree, 'a'), name);
    const index = openTreeIndex(cache, () => later);
    const everything = { matches: () => true, mayMatchBelow: () => true };
    await index.hashes(tree, everything, new AbortController().signal);
    index.save();
  }
  const prune = (more: Partial<IndexPruning> = {}) =>
    pruneIndexes(cache, { all: false, now: later, olderThanMs: 86_400_000, dryRun: false, ...more }).removed;

  it('has nothing to do without a cache', () => expect(prune({ all: true })).toBe(0));

  it('keeps those that are used, and removes those of folders that are gone, and files that are none', async () => {
    await learn('one');
    await learn('two');
    fs.writeFileSync(path.join(cache, 'old.json'), '{"format":2,"files":[]}');
    fs.writeFileSync(path.join(cache, '.crashed'), '');
    fs.rmSync(path.join(folder.path, 'two'), { recursive: true });
    expect(prune({ dryRun: true })).toBe(3);
    expect(fs.readdirSync(cache)).toHaveLength(4);
    expect(prune()).toBe(3);
    expect(fs.readdirSync(cache)).toHaveLength(1);
    expect(prune()).toBe(0);
  });

  it('removes old ones, or all', async () => {
    await learn('one');
    expect(prune({ olderThanMs: 60_000 })).toBe(1);
    await learn('one');
    expect(prune({ all: true })).toBe(1);
    expect(fs.readdirSync(cache)).toEqual([]);
  });

  it('leaves alone what another process is writing', async () => {
    await learn('one');
    fs.writeFileSync(path.join(cache, '.writing'), '');
    expect(prune({ now: Date.now() })).toBe(0);
  });
});
