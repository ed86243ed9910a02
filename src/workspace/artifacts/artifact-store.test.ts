import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FakeWorkspace } from '../../../test/rigs/fake-workspace.ts';
import {
  file,
  folder,
  link,
  onDisk,
  randomTree,
  readTree,
  temporaryFolder,
  treeOf,
  type Tree,
} from '../../../test/rigs/file-tree.ts';
import { bytesOf, cut, fileEntry, folderEntry, header, linkEntry, tarOf } from '../../../test/rigs/tar-bytes.ts';
import { extractTar } from '../../tar/tar-extract.ts';
import { readTar } from '../../tar/tar-reader.ts';
import { linkProblem } from './artifact-collector.ts';
import { openArtifactStore } from './artifact-store.ts';
import type { ArtifactStore, Collected } from '../workspace.ts';

const signal = new AbortController().signal;

async function collect(
  store: ArtifactStore,
  tree: Tree | FakeWorkspace,
  patterns: readonly string[],
  step = 'build',
  stage = 1,
): Promise<Collected> {
  using made = tree instanceof FakeWorkspace ? undefined : new FakeWorkspace(tree);
  const { read } = tree instanceof FakeWorkspace ? tree : made!;
  return await store.collect({ patterns, stage, step, read, signal });
}

async function written(store: ArtifactStore, collected: Collected): Promise<Tree> {
  using out = temporaryFolder();
  await store.writeTo(collected.artifact!, `${out.path}/made/here`, signal);
  return readTree(`${out.path}/made/here`);
}

const project = treeOf({
  'dist/app.js': 'app',
  'dist/.map': 'map',
  'dist/sub/deep/x': file('x', 0o755),
  'dist/empty': folder(0o700),
  'dist/l': link('sub/deep'),
  'src/a.log': 'log',
  'a.log': 'log',
  '.git/config': 'secret',
  'dist/.git/config': 'secret',
});

describe('collecting', () => {
  test.each<[string[], string[], string[]]>([
    [
      ['dist/**'],
      ['dist'],
      ['dist', 'dist/.map', 'dist/app.js', 'dist/empty', 'dist/l', 'dist/sub', 'dist/sub/deep', 'dist/sub/deep/x'],
    ],
    [['dist/sub'], ['dist', 'dist/sub'], ['dist/sub', 'dist/sub/deep', 'dist/sub/deep/x']],
    [['**/*.log'], [''], ['a.log', 'src', 'src/a.log']],
    [
      ['dist/*.js', 'dist/sub/**', 'a.log'],
      ['a.log', 'dist'],
      ['a.log', 'dist', 'dist/app.js', 'dist/sub', 'dist/sub/deep', 'dist/sub/deep/x'],
    ],
    [['dist/l/**', 'a.log'], ['a.log', 'dist', 'dist/l'], ['a.log']],
  ])('%j reads %j and takes %j', async (patterns, reads, paths) => {
    using dir = temporaryFolder();
    using workspace = new FakeWorkspace(project);
    const store = openArtifactStore(dir.path);
    const { artifact } = await collect(store, workspace, patterns);
    expect(workspace.reads).toEqual(reads);
    expect((await store.list(artifact!)).map(({ path }) => path)).toEqual(paths);
  });

  test('keeps modes, links and folders, and counts files and bytes', async () => {
    using dir = temporaryFolder();
    const store = openArtifactStore(dir.path);
    const collected = await collect(store, project, ['dist']);
    expect(collected.failure).toBeUndefined();
    expect(collected.artifact).toMatchObject({ kind: 'files', files: 4, bytes: 7 });
    expect(await written(store, collected)).toEqual(
      treeOf({
        'dist/app.js': 'app',
        'dist/.map': 'map',
        'dist/sub/deep/x': file('x', 0o755),
        'dist/empty': folder(0o700),
        'dist/l': link('sub/deep'),
      }),
    );
  });

  test('lists what may be shown of names, writes them whole, and knows them again', async () => {
    using dir = temporaryFolder();
    const tree = treeOf({ 'key-one': 'a', 'key-two': 'b', link: link('key-one'), plain: 'c' });
    using workspace = new FakeWorkspace(tree);
    const store = openArtifactStore(dir.path);
    const request = { patterns: ['**'], stage: 1, read: async (path: string) => await workspace.read(path), signal };
    const collected = await store.collect({ ...request, step: 's', shown: (name) => name.replace(/one|two/, '***') });
    expect(await written(store, collected)).toEqual(tree);
    const listed = await store.list(collected.artifact!);
    expect(listed.map(({ path }) => path)).toEqual(['key-***', 'key-***', 'link', 'plain']);
    expect(JSON.stringify(listed)).not.toMatch(/one|two|a2V5LW9uZQ|a2V5LXR3bw/);
    const again = openArtifactStore(dir.path);
    await again.claim(1, 'before', collected.artifact!);
    expect(
      (await again.collect({ ...request, step: 'other' })).failure,
      'the same content is no conflict',
    ).toBeUndefined();
  });

  test('random trees come back whole, with any name, and the same tree is the same artifact', async () => {
    const inside = (tree: Tree) =>
      [...tree].every(
        ([path, node]) =>
          node.type !== 'link' || linkProblem(`top/${path}`, node.target.toString('latin1')) === undefined,
      );
    await fc.assert(
      fc.asyncProperty(randomTree.filter(inside), async (tree) => {
        using dir = temporaryFolder();
        using workspace = new FakeWorkspace(
          new Map([['top', folder()], ...[...tree].map(([name, node]) => [`top/${name}`, node] as const)]),
        );
        const store = openArtifactStore(dir.path);
        const collected = await collect(store, workspace, ['top']);
        expect(collected.failure).toBeUndefined();
        expect(await written(store, collected)).toEqual(readTree(workspace.path));
        expect((await collect(openArtifactStore(`${dir.path}/other`), workspace, ['**'])).artifact).toEqual(
          collected.artifact,
        );
      }),
      onDisk(30),
    );
  });

  test('resolves hard links, also to what is not taken', async () => {
    using dir = temporaryFolder();
    const whole = await tarOf(
      folderEntry('repo'),
      fileEntry('repo/a', 'same'),
      linkEntry('repo/b', 'repo/a', 'hardlink'),
      fileEntry('repo/c', 'c'),
      linkEntry('repo/d', 'repo/c', 'hardlink'),
    );
    const store = openArtifactStore(dir.path);
    const read = async (path: string) => cut(path === '' ? whole : await tarOf(fileEntry('a', 'same')), [100]);
    const collected = await store.collect({ patterns: ['[bcd]'], stage: 1, step: 's', read, signal });
    expect(await written(store, collected)).toEqual(treeOf({ b: 'same', c: 'c', d: 'c' }));
  });

  test('tells patterns that matched nothing, and keeps what others matched', async () => {
    using dir = temporaryFolder();
    const { artifact, failure } = await collect(openArtifactStore(dir.path), project, [
      'dist/*.js',
      'coverage/**',
      '*.none',
    ]);
    expect(failure).toEqual({ code: 'artifact-missing', patterns: ['coverage/**', '*.none'] });
    expect(artifact).toMatchObject({ files: 1 });
    expect(await collect(openArtifactStore(dir.path), project, ['nothing'])).toEqual({
      failure: { code: 'artifact-missing', patterns: ['nothing'] },
    });
  });

  test.each<[string, Tree, string[], string]>([
    ['a link out of the workspace', treeOf({ 'd/l': link('../../x'), 'd/f': 'f' }), ['d'], 'd/l'],
    ['an absolute link', treeOf({ 'd/l': link('/etc/passwd'), 'd/f': 'f' }), ['d'], 'd/l'],
    ['a link that may lead out', treeOf({ 'd/l': link('x/..'), 'd/f': 'f' }), ['d'], 'd/l'],
    ['a pattern that leads out', treeOf({ 'd/f': 'f' }), ['d', '../x'], '../x'],
    ['an absolute pattern', treeOf({ 'd/f': 'f' }), ['d', '/etc/passwd'], '/etc/passwd'],
    ['what lies behind a link', treeOf({ 'd/f': 'f', out: link('/etc') }), ['d', 'out/passwd'], 'out/passwd'],
  ])('refuses %s, and keeps the rest', async (_, tree, patterns, path) => {
    using dir = temporaryFolder();
    const store = openArtifactStore(dir.path);
    const collected = await collect(store, tree, patterns);
    expect(collected.failure).toMatchObject({ code: 'artifact-refused', path });
    expect(await written(store, collected)).toEqual(treeOf({ 'd/f': 'f' }));
  });

  test('names all that it refuses', async () => {
    using dir = temporaryFolder();
    const collected = await collect(
      openArtifactStore(dir.path),
      treeOf({ 'd/a': link('/etc'), 'd/b': link('../../x'), 'd/f': 'f' }),
      ['d', '../up'],
    );
    expect(collected.failure).toMatchObject({
      code: 'artifact-refused',
      path: '../up',
      others: [{ path: 'd/a' }, { path: 'd/b' }],
    });
  });

  test.each(['EACCES', 'EROFS', 'EMFILE'])('where the system says %s is a failure of files', async (code) => {
    using dir = temporaryFolder();
    const refuses = async function* () {
      yield await tarOf(folderEntry('d'));
      throw Object.assign(new Error(`${code}: no`), { code, syscall: 'open' });
    };
    const { failure } = await openArtifactStore(dir.path).collect({
      patterns: ['d'],
      stage: 1,
      step: 's',
      read: async () => refuses(),
      signal,
    });
    expect(failure).toEqual({ code: 'file-error', detail: `${code}: no` });
  });

  test('refuses devices and pipes', async () => {
    using dir = temporaryFolder();
    const tar = await tarOf(folderEntry('d'), { header: header('d/null', { type: 'characterDevice' }) });
    const { failure } = await openArtifactStore(dir.path).collect({
      patterns: ['d'],
      stage: 1,
      step: 's',
      read: async () => cut(tar),
      signal,
    });
    expect(failure).toMatchObject({ code: 'artifact-refused', path: 'd/null' });
  });

  test('of a stream that breaks off is a lost runtime', async () => {
    using dir = temporaryFolder();
    const tar = (await tarOf(folderEntry('d'), fileEntry('d/f', 'x'.repeat(5000)))).subarray(0, 3000);
    const { failure, artifact } = await openArtifactStore(dir.path).collect({
      patterns: ['d'],
      stage: 1,
      step: 's',
      read: async () => cut(tar),
      signal,
    });
    expect(failure).toMatchObject({ code: 'runtime-lost' });
    expect(artifact).toBeUndefined();
  });

  test('on a full disk is a failure of that name', async () => {
    using dir = temporaryFolder();
    const full = async function* () {
      yield await tarOf(folderEntry('d'));
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: 'write' });
    };
    const { failure } = await openArtifactStore(dir.path).collect({
      patterns: ['d'],
      stage: 1,
      step: 's',
      read: async () => full(),
      signal,
    });
    expect(failure).toMatchObject({ code: 'disk-full' });
  });

  test('stops with the signal', async () => {
    using dir = temporaryFolder();
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    using workspace = new FakeWorkspace(project);
    await expect(
      openArtifactStore(dir.path).collect({
        patterns: ['dist'],
        stage: 1,
        step: 's',
        read: workspace.read,
        signal: controller.signal,
      }),
    ).rejects.toThrow('enough');
  });
});

describe('two steps of a stage', () => {
  const one = treeOf({ 'd/same': 'same', 'd/other': '1' });
  const two = treeOf({ 'd/same': 'same', 'd/other': '2' });

  test('that made the same path otherwise: the one that ends second fails, and names the first', async () => {
    using dir = temporaryFolder();
    const store = openArtifactStore(dir.path);
    const ends = await Promise.all([collect(store, one, ['d'], 'one'), collect(store, two, ['d'], 'two')]);
    const failures = ends.map(({ failure }) => failure).filter((failure) => failure !== undefined);
    expect(failures).toHaveLength(1);
    const loser = ends[0].failure === undefined ? 'one' : 'two';
    expect(failures[0]).toEqual({ code: 'artifact-conflict', path: 'd/other', otherStep: loser });
    expect(ends.every(({ artifact }) => artifact !== undefined)).toBe(true);
  });

  test('that made the same, or work in different stages, or are attempts of one, do not disagree', async () => {
    using dir = temporaryFolder();
    const store = openArtifactStore(dir.path);
    await collect(store, one, ['d'], 'one');
    expect((await collect(store, one, ['d'], 'two')).failure).toBeUndefined();
    expect((await collect(store, two, ['d'], 'three', 2)).failure).toBeUndefined();
    const again = openArtifactStore(`${dir.path}/again`);
    await collect(again, one, ['d'], 'one');
    expect((await collect(again, two, ['d'], 'one')).failure).toBeUndefined();
  });

  test.each<[string, Tree, Tree]>([
    ['a file and a folder', treeOf({ 'd/x': 'x' }), treeOf({ 'd/x/y': 'y' })],
    ['a file and a link', treeOf({ 'd/x': 'x' }), treeOf({ 'd/x': link('y') })],
    ['two links', treeOf({ 'd/x': link('z') }), treeOf({ 'd/x': link('y') })],
  ])('disagree over %s', async (_, first, second) => {
    using dir = temporaryFolder();
    const store = openArtifactStore(dir.path);
    await collect(store, first, ['d'], 'one');
    expect((await collect(store, second, ['d'], 'two')).failure).toMatchObject({
      code: 'artifact-conflict',
      path: 'd/x',
      otherStep: 'one',
    });
  });

  test('are compared with what an earlier process has collected', async () => {
    using dir = temporaryFolder();
    const { artifact } = await collect(openArtifactStore(dir.path), one, ['d'], 'one');
    const later = openArtifactStore(dir.path);
    await later.claim(1, 'one', artifact!);
    expect((await collect(later, two, ['d'], 'two')).failure).toMatchObject({
      code: 'artifact-conflict',
      otherStep: 'one',
    });
  });
});

describe('artifacts over each other', () => {
  test('in this order: the last one wins, with what it is in place of', async () => {
    using dir = temporaryFolder();
    const store = openArtifactStore(dir.path);
    const trees = [
      treeOf({ 'a/f': '1', 'b/x': '1', c: '1', 'd/e/f': '1' }),
      treeOf({ 'a/f': '2', b: '2', 'c/y': '2', 'd/e': link('f') }),
      treeOf({ 'a/g': '3' }),
    ];
    const artifacts = [];
    for (const [i, tree] of trees.entries())
      artifacts.push((await collect(store, tree, ['**'], `step ${i}`, i)).artifact!);
    using out = temporaryFolder();
    await extractTar(store.overlay(artifacts).open(undefined, signal), out.path, signal);
    expect(readTree(out.path)).toEqual(treeOf({ 'a/f': '2', 'a/g': '3', b: '2', 'c/y': '2', 'd/e': link('f') }));
  });

  test('belong to whom they shall', async () => {
    using dir = temporaryFolder();
    const store = openArtifactStore(dir.path);
    const { artifact } = await collect(store, project, ['dist']);
    for await (const {
      header: { uid, gid },
    } of readTar(store.overlay([artifact!]).open({ uid: 12, gid: 13 }, signal)))
      expect([uid, gid]).toEqual([12, 13]);
    expect(await bytesOf(store.overlay([]).open(undefined, signal))).toEqual(Buffer.alloc(1024));
  });
});

test('writing out goes through no link that lies in the way', async () => {
  using dir = temporaryFolder();
  const store = openArtifactStore(dir.path);
  const { artifact } = await collect(store, treeOf({ 'd/f': 'new' }), ['d/*']);
  fs.mkdirSync(`${dir.path}/out`);
  fs.mkdirSync(`${dir.path}/elsewhere`);
  fs.symlinkSync('../elsewhere', `${dir.path}/out/d`);
  await store.writeTo(artifact!, `${dir.path}/out`, signal);
  expect(fs.readdirSync(`${dir.path}/elsewhere`)).toEqual([]);
  expect(fs.readFileSync(`${dir.path}/out/d/f`, 'utf8')).toBe('new');
});

describe('writing to an unusable folder', () => {
  test.each<[string, (root: string) => string, string]>([
    ['a file', (root) => (fs.writeFileSync(`${root}/x`, ''), 'x'), 'is a file'],
    ['below a file', (root) => (fs.writeFileSync(`${root}/x`, ''), 'x/y/z'), 'not a directory'],
    ['a name that is too long', () => 'x'.repeat(300), 'name too long'],
    ['a link to itself', (root) => (fs.symlinkSync('x', `${root}/x`), 'x/y'), 'too many symbolic links encountered'],
    [
      'a folder where a file belongs',
      (root) => (fs.mkdirSync(`${root}/x/d/f`, { recursive: true }), 'x'),
      'refused the entry "d/f": a folder is in its place',
    ],
  ])('%s: says which and why', async (_, prepare, said) => {
    using dir = temporaryFolder();
    const store = openArtifactStore(`${dir.path}/run`);
    const { artifact } = await collect(store, treeOf({ 'd/f': 'f' }), ['d']);
    const folder = `${dir.path}/${prepare(dir.path)}`;
    const writing = store.writeTo(artifact!, folder, signal);
    await expect(writing).rejects.toMatchObject({
      name: 'WorkspaceError',
      code: 'unwritable',
      message: expect.stringContaining(`cannot write to ${folder}: `) as string,
    });
    await expect(writing).rejects.toThrow(said);
  });

  test.runIf(fs.existsSync('/proc/1'))('a file system that takes no new names: ends', async () => {
    using dir = temporaryFolder();
    const store = openArtifactStore(dir.path);
    const { artifact } = await collect(store, treeOf({ 'd/f': 'f' }), ['d']);
    await expect(store.writeTo(artifact!, '/proc/1/x', signal)).rejects.toMatchObject({
      code: 'unwritable',
      message: 'cannot write to /proc/1/x: no such file or directory',
    });
  });

  test('artifacts that are gone: says so, and not that the folder is wrong', async () => {
    using dir = temporaryFolder();
    const store = openArtifactStore(`${dir.path}/run`);
    const { artifact } = await collect(store, treeOf({ 'd/f': 'f' }), ['d']);
    fs.rmSync(`${dir.path}/run/artifacts/objects`, { recursive: true });
    await expect(store.writeTo(artifact!, `${dir.path}/out`, signal)).rejects.toMatchObject({ code: 'corrupt' });
    await expect(store.list(artifact!)).rejects.toMatchObject({ name: 'WorkspaceError', code: 'corrupt' });
  });

  test('a file of them that is gone: says so as well', async () => {
    using dir = temporaryFolder();
    const store = openArtifactStore(`${dir.path}/run`);
    const { artifact } = await collect(store, treeOf({ 'd/f': 'f' }), ['d']);
    const objects = `${dir.path}/run/artifacts/objects`;
    for (const name of fs.readdirSync(objects, { recursive: true, encoding: 'utf8' })) {
      if (fs.lstatSync(`${objects}/${name}`).size === 1) fs.rmSync(`${objects}/${name}`);
    }
    await expect(store.writeTo(artifact!, `${dir.path}/out`, signal)).rejects.toMatchObject({ code: 'corrupt' });
  });
});

test('what a killed process left unfinished goes away, contents are kept once', async () => {
  using dir = temporaryFolder();
  fs.mkdirSync(`${dir.path}/artifacts/unfinished`, { recursive: true });
  fs.writeFileSync(`${dir.path}/artifacts/unfinished/x`, 'half');
  await collect(
    openArtifactStore(dir.path),
    treeOf({ a: 'same', b: 'same', big: file(Buffer.alloc(300_000)), big2: file(Buffer.alloc(300_000)) }),
    ['**'],
  );
  const files = execFileSync('find', [`${dir.path}/artifacts`, '-type', 'f'])
    .toString()
    .trim()
    .split('\n');
  expect(files).toHaveLength(3);
});

test.each<[string, string, boolean]>([
  ['l', 'x', false],
  ['l', '.', false],
  ['l', '..', true],
  ['d/l', '..', false],
  ['d/l', '../x/y', false],
  ['d/l', '../..', true],
  ['a/b/l', '../../c', false],
  ['a/b/l', './../.././../c', true],
  ['l', '/x', true],
  ['a/l', 'b/../c', true],
])('a link %s -> %s is refused: %s', (path, target, refused) => {
  expect(linkProblem(path, target) !== undefined).toBe(refused);
});
