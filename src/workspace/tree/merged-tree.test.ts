import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  folder,
  onDisk,
  randomTree,
  readTree,
  temporaryFolder,
  type Tree,
  type TreeNode,
} from '../../../test/rigs/file-tree.ts';
import { describeTar, tarSource, type TreeEntry } from '../../../test/rigs/tree.ts';
import type { TarSource } from '../../model/tree.ts';
import { extractTar } from '../../tar/tar-extract.ts';
import { readTar } from '../../tar/tar-reader.ts';
import { linksOf, mergedTree, movedTree } from './merged-tree.ts';

const { signal } = new AbortController();

async function merged(...layers: readonly (readonly TreeEntry[])[]): Promise<Record<string, string>> {
  return await describeTar(mergedTree(layers.map(tarSource)).open(undefined, signal));
}

describe('the later tree decides what a path is', () => {
  test.each<[string, TreeEntry[], TreeEntry[], Record<string, string>]>([
    [
      'a link becomes a folder',
      [{ path: 'out', link: 'build' }, { path: 'build' }],
      [{ path: 'out' }, { path: 'out/f', content: 'f' }],
      { build: '755 /', out: '755 /', 'out/f': '644 f' },
    ],
    [
      'a link becomes a folder that only its content tells of',
      [{ path: 'out', link: 'build' }],
      [{ path: 'out/f', content: 'f' }],
      { out: '755 /', 'out/f': '644 f' },
    ],
    [
      'a file becomes a folder',
      [{ path: 'out', content: 'x' }],
      [{ path: 'out/f', content: 'f' }],
      { out: '755 /', 'out/f': '644 f' },
    ],
    [
      'a folder becomes a file',
      [{ path: 'out' }, { path: 'out/a' }, { path: 'out/a/b', content: 'b' }, { path: 'outer', content: 'o' }],
      [{ path: 'out', content: 'x' }],
      { out: '644 x', outer: '644 o' },
    ],
    [
      'a folder becomes a link',
      [{ path: 'out' }, { path: 'out/a', content: 'a' }],
      [{ path: 'out', link: 'other' }],
      { out: '-> other' },
    ],
    [
      'folders come together',
      [{ path: 'd' }, { path: 'd/a', content: 'a' }],
      [
        { path: 'd', mode: 0o700 },
        { path: 'd/b', content: 'b' },
      ],
      { d: '700 /', 'd/a': '644 a', 'd/b': '644 b' },
    ],
    [
      'a folder that is there gets no second entry',
      [{ path: 'd', mode: 0o700 }],
      [{ path: 'd/b', content: 'b' }],
      { d: '700 /', 'd/b': '644 b' },
    ],
    ['nothing changes where nothing is laid over it', [{ path: 'd' }], [], { d: '755 /' }],
  ])('%s', async (_, lower, upper, expected) => {
    expect(await merged(lower, upper)).toEqual(expected);
  });

  test('also where there are three', async () => {
    expect(
      await merged(
        [{ path: 'x' }, { path: 'x/old', content: 'old' }],
        [{ path: 'x', content: 'file' }],
        [{ path: 'x/new', content: 'new' }],
      ),
    ).toEqual({ x: '755 /', 'x/new': '644 new' });
  });

  test('folders that are made up belong to whom all of it shall belong', async () => {
    for await (const { header } of readTar(
      mergedTree([tarSource([]), tarSource([{ path: 'a/b', content: '' }])]).open({ uid: 7, gid: 8 }, signal),
    ))
      expect([header.uid, header.gid]).toEqual([7, 8]);
  });

  test('for any trees, as if they had been laid one over the other by hand', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(randomTree, { minLength: 1, maxLength: 3 }), fc.boolean(), async (trees, implied) => {
        // In the lowest tree every folder has an entry, as in every snapshot.
        const layers = trees.map((tree, i) => asSource(tree, implied && i > 0));
        using dir = temporaryFolder();
        await extractTar(mergedTree(layers).open(undefined, signal), dir.path, signal);
        expect(withoutModes(readTree(dir.path))).toEqual(withoutModes(laid(trees)));
      }),
      onDisk(60),
    );
  });
});

/**
 * @param implied omits the entries of non-empty folders
 */
function asSource(tree: Tree, implied: boolean): TarSource {
  const isImplied = (path: string) => implied && [...tree.keys()].some((other) => other.startsWith(`${path}/`));
  return tarSource(
    [...tree].flatMap(([name, node]): TreeEntry[] => {
      const path = Buffer.from(name, 'latin1');
      if (node.type === 'folder') return isImplied(name) ? [] : [{ path, mode: node.mode }];
      return [node.type === 'link' ? { path, link: node.target } : { path, mode: node.mode, content: node.content }];
    }),
  );
}

function laid(trees: readonly Tree[]): Tree {
  const all = new Map<string, TreeNode>();
  for (const tree of trees) {
    for (const [path, node] of tree) {
      for (const above of path
        .split('/')
        .slice(0, -1)
        .map((_, i, parts) => parts.slice(0, i + 1).join('/')))
        if (all.get(above)?.type !== 'folder') all.set(above, folder());
      if (node.type !== 'folder') for (const other of all.keys()) if (other.startsWith(`${path}/`)) all.delete(other);
      all.set(path, node);
    }
  }
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The modes of folders depend on which tree has an entry for them. The modes of files are exact. */
function withoutModes(tree: Tree): Tree {
  return new Map([...tree].map(([path, node]) => [path, node.type === 'folder' ? folder(0) : node]));
}

test('links are those of the tree at hand', async () => {
  const lower: TarSource = {
    ...tarSource([]),
    links: new Map([
      ['a', 'x'],
      ['b', 'y'],
      ['c', 'z'],
      ['d', 'w'],
    ]),
  };
  const upper = tarSource([
    { path: 'b/f', content: '' },
    { path: 'c', content: '' },
    { path: 'new', link: 'here' },
    { path: 'd', link: 'elsewhere' },
  ]);
  const linkAt = await linksOf([lower, upper], signal);
  expect(['a', 'b', 'c', 'd', 'new', 'none'].map(linkAt)).toEqual([
    'x',
    undefined,
    undefined,
    'elsewhere',
    'here',
    undefined,
  ]);
});

test('a tree is moved with its hard links', async () => {
  const moved = movedTree(
    tarSource([{ path: 'a/b' }, { path: 'a/b/c', content: 'c' }, { path: 'a/b/l', link: 'c' }]),
    'a/b',
    'x',
  );
  expect(await describeTar(moved.open(undefined, signal))).toEqual({ x: '755 /', 'x/c': '644 c', 'x/l': '-> c' });
  expect(await moved.entries?.(signal)).toEqual([
    { path: 'x', type: 'folder' },
    { path: 'x/c', type: 'file' },
    { path: 'x/l', type: 'link', target: 'c' },
  ]);
});
