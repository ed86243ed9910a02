import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import type { SharedCachePruning } from '../../model/cached-image.ts';
import type { InputState } from '../artifact-inputs.ts';
import { keyOf } from './artifact-cache.ts';
import { pruneSharedCache } from './prune-shared-cache.ts';
import { openSharedCache } from './shared-cache.ts';

const day = 86_400_000;
const now = 100 * day;

describe('pruning a shared cache', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

  const stateOf = (image: string): InputState => ({
    ...{ filesDigest: image, files: {}, options: {}, baseImages: {}, requires: {} },
  });
  const age = (name: string, days: number) =>
    fs.utimesSync(path.join(folder.path, name), (now - days * day) / 1000, (now - days * day) / 1000);
  const names = () => fs.readdirSync(folder.path).sort();

  /** Adds an entry as a build does, and returns the name of its file. */
  function add(image: string, days: number): string {
    const before = names();
    const state = stateOf(image);
    const entry = { key: keyOf(state), reference: `${image}:1`, builtAt: now - days * day };
    openSharedCache(folder.path, '').add(image, entry, state);
    const [name = ''] = names().filter((one) => !before.includes(one));
    age(name, days);
    return name;
  }
  function write(name: string, days: number): string {
    fs.writeFileSync(path.join(folder.path, name), 'x'.repeat(10));
    age(name, days);
    return name;
  }
  const prune = (more: Partial<SharedCachePruning> = {}) =>
    pruneSharedCache({
      ...{ directory: folder.path, now, olderThanMs: 30 * day, all: false, dryRun: false },
      ...more,
    });

  it('removes what is old, damaged entries too, and nothing of others', () => {
    const [young, old] = [add('young', 29), add('old', 31)];
    const damaged = write(`${'a'.repeat(64)}.json`, 31);
    const others = [write('README.md', 99), write('notes.json', 99)];
    fs.mkdirSync(path.join(folder.path, `${'b'.repeat(64)}.json`));
    const bytes = fs.statSync(path.join(folder.path, old)).size + 10;
    const found = prune({ dryRun: true });
    expect(names()).toContain(old);
    expect(prune()).toEqual(found);
    expect(found).toMatchObject({ kept: 1, bytes });
    expect(new Set(found.removed)).toEqual(
      new Set([
        { file: path.join(folder.path, old), reference: 'old:1', because: 'old' },
        { file: path.join(folder.path, damaged), because: 'old' },
      ]),
    );
    expect(names()).toEqual([young, ...others, `${'b'.repeat(64)}.json`].sort());
    expect(openSharedCache(folder.path, '').find('young', stateOf('young'))).toMatchObject({ reference: 'young:1' });
  });

  it('removes the oldest until the others fit', () => {
    const [first, second, third] = [add('one', 3), add('two', 2), add('six', 1)];
    const size = fs.statSync(path.join(folder.path, third)).size;
    expect(prune({ mostBytes: 2 * size })).toMatchObject({
      removed: [{ reference: 'one:1', because: 'size' }],
      kept: 2,
    });
    expect(names()).toEqual([second, third].sort());
    expect(prune({ mostBytes: 0 }).removed).toHaveLength(2);
    expect([names(), first.length]).toEqual([[], 69]);
  });

  it('removes everything on request, but not what another process is writing', () => {
    add('one', 0);
    const writing = write(`.${'a'.repeat(64)}.json-0f1e`, 0);
    write(`.${'b'.repeat(64)}.json-0f1e`, 1);
    expect(prune({ all: true })).toMatchObject({ removed: [{ because: 'all' }, { because: 'old' }], kept: 0 });
    expect(names()).toEqual([writing]);
  });
});
