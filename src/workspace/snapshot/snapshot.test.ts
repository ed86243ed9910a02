import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  file,
  folder,
  link,
  onDisk,
  randomTree,
  readTree,
  temporaryFolder,
  treeOf,
  writeTree,
  type Tree,
} from '../../../test/rigs/file-tree.ts';
import { take, unpacked } from '../../../test/rigs/take-snapshot.ts';
import { bytesOf } from '../../../test/rigs/tar-bytes.ts';
import { readTar } from '../../tar/tar-reader.ts';
import { openSnapshot, takeSnapshot } from './snapshot.ts';

const signal = new AbortController().signal;

describe('a tree without Git', () => {
  test('comes back as it was, whatever is in it, and its digest counts neither times nor place', async () => {
    await fc.assert(
      fc.asyncProperty(randomTree, async (tree) => {
        using dir = temporaryFolder();
        writeTree(`${dir.path}/one`, tree);
        writeTree(`${dir.path}/two`, tree);
        for (const name of fs.readdirSync(`${dir.path}/two`, 'buffer'))
          fs.lutimesSync(Buffer.concat([Buffer.from(`${dir.path}/two/`), name]), 1000, 1000);
        const one = await take(`${dir.path}/one`, `${dir.path}/run1`);
        const two = await take(`${dir.path}/two`, `${dir.path}/run2`);
        expect(readTree(await unpacked(one, `${dir.path}/out`))).toEqual(tree);
        expect(two.ref).toEqual(one.ref);
        expect(one.ref.files).toBe([...tree.values()].filter(({ type }) => type !== 'folder').length);
      }),
      onDisk(30),
    );
  });

  test('tells how far it has been read', async () => {
    using dir = temporaryFolder();
    writeTree(`${dir.path}/tree`, treeOf({ a: 'four', b: 'seven..', d: folder() }));
    fs.mkdirSync(`${dir.path}/run`);
    const told: [files: number, bytes: number][] = [];
    const progress = (files: number, bytes: number) => void told.push([files, bytes]);
    await takeSnapshot({ root: `${dir.path}/tree`, folder: `${dir.path}/run`, ignore: 'none', progress, signal });
    expect([told.find(([files]) => files === 1), told.at(-1)]).toEqual([
      [1, 4],
      [2, 11],
    ]);
  });

  test.each<[string, Tree]>([
    ['a name', treeOf({ b: 'x', d: folder() })],
    ['content', treeOf({ a: 'y', d: folder() })],
    ['a mode', treeOf({ a: file('x', 0o755), d: folder() })],
    ['a folder', treeOf({ a: 'x' })],
    ['a link', treeOf({ a: link('x'), d: folder() })],
    ['where a name ends and content begins', treeOf({ ax: '', d: folder() })],
  ])('has another digest when %s changes', async (_, changed) => {
    using dir = temporaryFolder();
    writeTree(`${dir.path}/one`, treeOf({ a: 'x', d: folder() }));
    writeTree(`${dir.path}/two`, changed);
    const digests = [
      await take(`${dir.path}/one`, `${dir.path}/run1`),
      await take(`${dir.path}/two`, `${dir.path}/run2`),
    ].map(({ ref }) => ref.digest);
    expect(digests[0]).not.toBe(digests[1]);
  });

  test('leaves out what its .gitignore files name, unless everything is asked for', async () => {
    using dir = temporaryFolder();
    writeTree(
      `${dir.path}/in`,
      treeOf({
        '.gitignore': 'build/\n*.log\n!keep.log\n',
        'build/x': 'x',
        'a.log': 'a',
        'keep.log': 'k',
        'sub/.gitignore': '/only-here\n',
        'sub/only-here': 'x',
        'only-here': 'y',
        'sub/b.LOG': 'case counts',
      }),
    );
    const out = readTree(await unpacked(await take(`${dir.path}/in`, `${dir.path}/run`), `${dir.path}/out`));
    expect([...out.keys()]).toEqual(['.gitignore', 'keep.log', 'only-here', 'sub', 'sub/.gitignore', 'sub/b.LOG']);
    const all = readTree(
      await unpacked(await take(`${dir.path}/in`, `${dir.path}/run2`, { ignore: 'none' }), `${dir.path}/all`),
    );
    expect(all).toEqual(readTree(`${dir.path}/in`));
  });

  test('tells what it left out', async () => {
    using dir = temporaryFolder();
    fs.mkdirSync(`${dir.path}/in`);
    execFileSync('mkfifo', [`${dir.path}/in/pipe`]);
    const { notes, ref } = await take(`${dir.path}/in`, `${dir.path}/run`);
    expect(notes).toEqual(['skipped pipe: it is a pipe']);
    expect(ref.files).toBe(0);
  });
});

describe('a snapshot', () => {
  test('is given out with any owner, to several readers at once, also by a later process', async () => {
    using dir = temporaryFolder();
    writeTree(
      `${dir.path}/in`,
      treeOf({
        a: 'a',
        ['n'.repeat(150)]: 'long name',
        'd/big': file(Buffer.alloc(700_000, 1)),
        'd/l': link('x'.repeat(120)),
      }),
    );
    const taken = await take(`${dir.path}/in`, `${dir.path}/run`);
    const opened = (await openSnapshot(`${dir.path}/run`))!;
    expect(opened.ref).toEqual(taken.ref);
    const owners = [{ uid: 1000, gid: 100 }, { uid: 3_000_000, gid: 5 }, { uid: 0, gid: 0 }, undefined];
    await Promise.all(
      owners.map(async (owner) => {
        const found: unknown[] = [];
        for await (const { header, body } of readTar(opened.open(owner, signal)))
          found.push([header.name.toString(), header.uid, header.gid, (await bytesOf(body)).length]);
        const { uid, gid } = owner ?? { uid: 0, gid: 0 };
        expect(found).toEqual([
          ['a', uid, gid, 1],
          ['d', uid, gid, 0],
          ['d/big', uid, gid, 700_000],
          ['d/l', uid, gid, 0],
          ['n'.repeat(150), uid, gid, 9],
        ]);
      }),
    );
  });

  test('with patched owners is the same tar otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(randomTree, fc.nat({ max: 8 ** 7 - 1 }), async (tree, uid) => {
        using dir = temporaryFolder();
        writeTree(`${dir.path}/in`, tree);
        const snapshot = await take(`${dir.path}/in`, `${dir.path}/run`);
        const headers = async (owner: { uid: number; gid: number } | undefined) => {
          const all: unknown[] = [];
          for await (const { header } of readTar(snapshot.open(owner, signal)))
            all.push({ ...header, uid: 0, gid: 0 }, header.uid);
          return all;
        };
        const plain = await headers(undefined);
        expect(await headers({ uid, gid: 1 })).toEqual(plain.map((each) => (each === 0 ? uid : each)));
      }),
      onDisk(20),
    );
  });

  test('does not change while the tree changes', async () => {
    using dir = temporaryFolder();
    writeTree(`${dir.path}/in`, treeOf({ a: 'then' }));
    const snapshot = await take(`${dir.path}/in`, `${dir.path}/run`);
    fs.writeFileSync(`${dir.path}/in/a`, 'now');
    expect(readTree(await unpacked(snapshot, `${dir.path}/out`))).toEqual(treeOf({ a: 'then' }));
  });

  test('that was never complete is none, and what is left of it goes away with the next', async () => {
    using dir = temporaryFolder();
    writeTree(`${dir.path}/in`, treeOf({ a: 'a' }));
    writeTree(`${dir.path}/run`, treeOf({ '.workspace-xyz/tree.tar': 'half', 'run.db': '' }));
    expect(await openSnapshot(`${dir.path}/run`)).toBeUndefined();
    await take(`${dir.path}/in`, `${dir.path}/run`);
    expect(fs.readdirSync(`${dir.path}/run`)).toEqual(['run.db', 'workspace']);
  });

  test('leaves nothing behind when it is stopped', async () => {
    using dir = temporaryFolder();
    writeTree(`${dir.path}/in`, treeOf({ big: file(Buffer.alloc(20_000_000)) }));
    fs.mkdirSync(`${dir.path}/run`);
    const controller = new AbortController();
    const taking = takeSnapshot({
      root: `${dir.path}/in`,
      folder: `${dir.path}/run`,
      ignore: 'none',
      signal: controller.signal,
    });
    setImmediate(() => controller.abort(new Error('enough')));
    await expect(taking).rejects.toThrow('enough');
    expect(fs.readdirSync(`${dir.path}/run`)).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)(
    'says which file cannot be read (skipped for root, who can read all)',
    async () => {
      using dir = temporaryFolder();
      writeTree(`${dir.path}/in`, treeOf({ secret: file('x', 0o000) }));
      await expect(take(`${dir.path}/in`, `${dir.path}/run`)).rejects.toMatchObject({
        name: 'WorkspaceError',
        code: 'unreadable',
      });
    },
  );

  test('of no folder is an error with a name', async () => {
    using dir = temporaryFolder();
    await expect(take(`${dir.path}/none`, `${dir.path}/run`)).rejects.toMatchObject({
      name: 'WorkspaceError',
      code: 'not-found',
    });
  });

  test('whose description is damaged is an error with a name', async () => {
    using dir = temporaryFolder();
    writeTree(`${dir.path}/run`, treeOf({ 'workspace/snapshot.json': '{"format":' }));
    await expect(openSnapshot(`${dir.path}/run`)).rejects.toMatchObject({ code: 'corrupt' });
  });
});
