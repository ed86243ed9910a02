import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { file, link, readTree, temporaryFolder, treeOf, writeTree, type Tree } from '../../../test/rigs/file-tree.ts';
import { bytesOf, cut, fileEntry, header, linkEntry, tarOf } from '../../../test/rigs/tar-bytes.ts';
import { extractTar } from '../../tar/tar-extract.ts';
import { packTar } from '../../tar/tar-pack.ts';
import { readTar } from '../../tar/tar-reader.ts';
import { openCacheStore } from './cache-store.ts';
import type { CacheStore } from '../workspace.ts';

const signal = new AbortController().signal;

/** A store with a controlled clock. */
function cacheStore(folder: string): CacheStore & { now: number; readonly notes: string[] } {
  const state = { now: 1_000_000, notes: [] as string[] };
  const store = openCacheStore(folder, {
    clock: { now: () => state.now, sleep: async () => {} },
    note: (message) => void state.notes.push(message),
  });
  return Object.assign(state, {
    restore: store.restore.bind(store),
    save: store.save.bind(store),
    list: store.list.bind(store),
  });
}

/** Like the runtime's `copyOut`. */
async function saveTree(store: CacheStore, project: string, name: string, tree: Tree): Promise<number> {
  using dir = temporaryFolder();
  writeTree(`${dir.path}/c`, tree);
  return await store.save(project, name, packTar(`${dir.path}/c`, path.basename(name), signal), signal);
}

async function restored(store: CacheStore, project: string, name: string): Promise<Tree | undefined> {
  const cache = await store.restore(project, name);
  if (cache === undefined) return undefined;
  using out = temporaryFolder();
  await extractTar(cache.open(undefined, signal), out.path, signal);
  return readTree(out.path);
}

const onlyFile = (folder: string) => `${folder}/${fs.readdirSync(folder)[0]!}`;

test('what was saved comes back from the root of the workspace, by project and path', async () => {
  using dir = temporaryFolder();
  const store = cacheStore(`${dir.path}/caches`);
  expect(await restored(store, 'p', 'web/.npm')).toBeUndefined();
  const bytes = await saveTree(
    store,
    'p',
    'web/.npm',
    treeOf({ 'a/b': file('x', 0o755), l: link('a/b'), big: file(Buffer.alloc(400_000, 1)) }),
  );
  await saveTree(store, 'q', 'web/.npm', treeOf({ q: 'q' }));
  expect((await store.restore('p', 'web/.npm'))!.bytes).toBe(bytes);
  expect(await restored(store, 'p', 'web/.npm')).toEqual(
    treeOf({
      'web/.npm/a/b': file('x', 0o755),
      'web/.npm/l': link('a/b'),
      'web/.npm/big': file(Buffer.alloc(400_000, 1)),
    }),
  );
  expect(await restored(store, 'q', 'web/.npm')).toEqual(treeOf({ 'web/.npm/q': 'q' }));
  expect(await restored(store, 'p', '.npm')).toBeUndefined();
});

test('hard links stay, devices go, owners are those of the reader', async () => {
  using dir = temporaryFolder();
  const store = cacheStore(dir.path);
  const tar = await tarOf(fileEntry('c/a', 'x', { uid: 5 }), linkEntry('c/b', 'c/a', 'hardlink'), {
    header: header('c/null', { type: 'characterDevice' }),
  });
  await store.save('p', 'in/c', cut(tar, [99]), signal);
  const found: unknown[] = [];
  for await (const {
    header: { name, uid, linkName },
  } of readTar((await store.restore('p', 'in/c'))!.open({ uid: 7, gid: 7 }, signal)))
    found.push([name.toString(), uid, linkName?.toString()]);
  expect(found).toEqual([
    ['in/c/a', 7, undefined],
    ['in/c/b', 7, 'in/c/a'],
  ]);
});

test('a reader keeps the copy that it reads while another replaces it', async () => {
  using dir = temporaryFolder();
  const store = cacheStore(dir.path);
  await saveTree(store, 'p', 'c', treeOf({ a: file(Buffer.alloc(3_000_000, 1)) }));
  const reading = (await store.restore('p', 'c'))!.open(undefined, signal)[Symbol.asyncIterator]();
  const parts = [(await reading.next()).value as Uint8Array];
  await saveTree(store, 'p', 'c', treeOf({ b: 'new' }));
  for (let next = await reading.next(); next.done !== true; next = await reading.next()) parts.push(next.value);
  const names: string[] = [];
  for await (const {
    header: { name, size },
    body,
  } of readTar(cut(Buffer.concat(parts))))
    names.push(`${name.toString()} ${size} ${(await bytesOf(body)).filter((byte) => byte === 1).length}`);
  expect(names).toEqual(['c 0 0', 'c/a 3000000 3000000']);
  expect(await restored(store, 'p', 'c')).toEqual(treeOf({ 'c/b': 'new' }));
});

test('one that fails or is stopped while it is saved leaves the copy of before', async () => {
  using dir = temporaryFolder();
  const store = cacheStore(dir.path);
  await saveTree(store, 'p', 'c', treeOf({ a: 'old' }));
  const breaksOff = cut((await tarOf(fileEntry('c', 'x'.repeat(2000)))).subarray(0, 1000));
  await expect(store.save('p', 'c', breaksOff, signal)).rejects.toMatchObject({ code: 'truncated' });
  const controller = new AbortController();
  const stops = async function* () {
    yield (await tarOf(fileEntry('c', 'x'.repeat(2000)))).subarray(0, 1000);
    controller.abort(new Error('enough'));
    yield Buffer.alloc(10);
  };
  await expect(store.save('p', 'c', stops(), controller.signal)).rejects.toThrow('enough');
  expect(await restored(store, 'p', 'c')).toEqual(treeOf({ 'c/a': 'old' }));
  expect(fs.readdirSync(dir.path)).toHaveLength(1);
});

describe('one that is damaged is a miss, with a note', () => {
  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['cut off in its head', (bytes) => bytes.subarray(0, 30)],
    ['cut off in the middle', (bytes) => bytes.subarray(0, 2000)],
    ['cut off before its end', (bytes) => bytes.subarray(0, -1)],
    ['longer than it says', (bytes) => Buffer.concat([bytes, bytes])],
    ['no cache', (bytes) => Buffer.alloc(bytes.length, 'x')],
    ['changed in a header', (bytes) => ((bytes[bytes.indexOf('ustar')] = 7), bytes)],
    ['zeros from some place on', (bytes) => bytes.fill(0, 1024)],
  ])('%s', async (_, damage) => {
    using dir = temporaryFolder();
    const store = cacheStore(dir.path);
    await saveTree(store, 'p', 'c', treeOf({ a: file(Buffer.alloc(5000, 1)), b: 'b' }));
    fs.writeFileSync(onlyFile(dir.path), damage(fs.readFileSync(onlyFile(dir.path))));
    expect(await store.restore('p', 'c')).toBeUndefined();
    expect(store.notes).toEqual(['ignoring the damaged cache of c']);
    expect(await store.restore('p', 'c')).toBeUndefined();
    expect(store.notes).toHaveLength(1);
  });

  test('a folder in its place', async () => {
    using dir = temporaryFolder();
    const store = cacheStore(dir.path);
    await saveTree(store, 'p', 'c', treeOf({ a: 'a' }));
    const name = onlyFile(dir.path);
    fs.rmSync(name);
    fs.mkdirSync(name);
    expect(await store.restore('p', 'c')).toBeUndefined();
    expect(store.notes).toHaveLength(1);
  });
});

test('the list has the oldest use first, and removes', async () => {
  using dir = temporaryFolder();
  const store = cacheStore(dir.path);
  for (const name of ['a', 'b', 'c']) {
    store.now += 10_000;
    await saveTree(store, 'p', name, treeOf({ x: 'x' }));
  }
  store.now += 10_000;
  await store.restore('p', 'a');
  fs.writeFileSync(`${dir.path}/damaged.cache`, 'x');
  fs.utimesSync(`${dir.path}/damaged.cache`, 1, 1);
  const listed = await store.list();
  expect(listed.map(({ project, path: name, usedAt }) => [project, name, usedAt])).toEqual([
    ['', '', 1000],
    ['p', 'b', 1_020_000],
    ['p', 'c', 1_030_000],
    ['p', 'a', 1_040_000],
  ]);
  await listed[1]!.remove();
  await listed[1]!.remove();
  expect(await store.restore('p', 'b')).toBeUndefined();
  expect(await store.list()).toHaveLength(3);
  expect(await cacheStore(`${dir.path}/none`).list()).toEqual([]);
});

test('what a killed process left unfinished is removed after a day', async () => {
  using dir = temporaryFolder();
  const store = cacheStore(dir.path);
  fs.writeFileSync(`${dir.path}/x.cache.1.unfinished`, 'half');
  fs.utimesSync(`${dir.path}/x.cache.1.unfinished`, store.now / 1000, store.now / 1000);
  expect(await store.list()).toEqual([]);
  expect(fs.readdirSync(dir.path)).toHaveLength(1);
  store.now += 25 * 60 * 60 * 1000;
  await store.list();
  expect(fs.readdirSync(dir.path)).toEqual([]);
});
