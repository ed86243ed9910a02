import fc from 'fast-check';
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { onDisk, readTree, temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { bytesOf, cut, fileEntry, folderEntry, linkEntry, tarOf } from '../../../test/rigs/tar-bytes.ts';
import { describeTar, tarSource, type TreeEntry } from '../../../test/rigs/tree.ts';
import type { TarSource } from '../../model/tree.ts';
import { extractTar } from '../../tar/tar-extract.ts';
import { writeTar, type TarInput } from '../../tar/tar-writer.ts';
import { substitute } from '../vars/substitute.ts';
import { LayeredTree } from '../../steps/workload/layered-tree.ts';
import { substituteFiles, undefinedNote } from './substitute-files.ts';

const signal = new AbortController().signal;
const values = new Map([
  ['who', 'world'],
  ['long', 'x'.repeat(5000)],
  ['empty', ''],
]);

async function fill(
  layers: readonly (readonly TreeEntry[])[],
  paths: readonly string[],
  fromFolder?: (name: string) => boolean,
) {
  return await substituteFiles(
    { layers: layers.map(tarSource), paths, field: 'file', values, ...(fromFolder && { fromFolder }) },
    signal,
  );
}

async function filled(
  layers: readonly (readonly TreeEntry[])[],
  paths: readonly string[],
  fromFolder?: (name: string) => boolean,
) {
  const outcome = await fill(layers, paths, fromFolder);
  if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
  return {
    files: await describeTar(outcome.value.overlay.open(undefined, signal)),
    note: undefinedNote(outcome.value.undefinedNames),
  };
}

const isYaml = (name: string) => name.endsWith('.yaml');

describe('a file', () => {
  test('has its variables filled in, and all other bytes unchanged', async () => {
    const content = 'a: ${who}\r\nb: ${ who }${%who%} ${nobody}\0 last';
    expect(
      await filled(
        [
          [
            { path: 'deploy/a.yaml', content, mode: 0o640 },
            { path: 'other', content: '${who}' },
          ],
        ],
        ['./deploy//a.yaml'],
      ),
    ).toEqual({
      files: { 'deploy/a.yaml': '640 a: world\r\nb: world${who} ${nobody}\0 last' },
      note: 'not defined, so left as written: ${nobody} in deploy/a.yaml',
    });
  });

  test('comes from the last layer that has it', async () => {
    expect(
      (
        await filled(
          [[{ path: 'a', content: '1' }], [{ path: 'a', content: '2' }], [{ path: 'b', content: '3' }]],
          ['a'],
        )
      ).files,
    ).toEqual({ a: '644 2' });
  });

  test('has the owner of the workspace', async () => {
    const outcome = await fill([[{ path: 'a', content: '${who}' }]], ['a']);
    if (outcome.status !== 'succeeded') throw new Error('not filled in');
    using dir = temporaryFolder();
    const tar = await bytesOf(
      outcome.value.overlay.open({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }, signal),
    );
    await extractTar(cut(tar), dir.path, signal);
    expect(fs.readFileSync(`${dir.path}/a`, 'utf8')).toBe('world');
  });

  test('behind links is filled in at its real path', async () => {
    const tree = [
      { path: 'base/real.yaml', content: '${who}' },
      { path: 'links/a', link: '../base' },
      { path: 'b.yaml', link: 'links/a/real.yaml' },
    ];
    expect((await filled([tree], ['b.yaml', 'links/a/real.yaml'])).files).toEqual({ 'base/real.yaml': '644 world' });
  });

  test('with two hard links is filled in for both', async () => {
    const tar = await tarOf(fileEntry('a', '${who}'), linkEntry('b', 'a', 'hardlink'));
    const outcome = await substituteFiles(
      { layers: [{ open: () => cut(tar, [700]) }], paths: ['b', 'a'], field: 'file', values },
      signal,
    );
    if (outcome.status !== 'succeeded') throw new Error('not filled in');
    using dir = temporaryFolder();
    await extractTar(outcome.value.overlay.open(undefined, signal), dir.path, signal);
    expect([fs.readFileSync(`${dir.path}/a`, 'utf8'), fs.readFileSync(`${dir.path}/b`, 'utf8')]).toEqual([
      'world',
      'world',
    ]);
  });
});

test('a folder stands for the files directly in it that the tool reads', async () => {
  const tree = [
    { path: 'd/b.yaml', content: '${who}' },
    { path: 'd/a.yaml', content: '1' },
    { path: 'd/deep/c.yaml', content: '2' },
    { path: 'd/e.txt', content: '3' },
    { path: 'f.yaml', content: '4' },
    { path: 'd/l.yaml', link: '../f.yaml' },
    { path: 'd/gone.yaml', link: 'nowhere' },
  ];
  expect((await filled([tree], ['d/'], isYaml)).files).toEqual({
    'd/b.yaml': '644 world',
    'd/a.yaml': '644 1',
    'f.yaml': '644 4',
  });
});

test('without files the tree is not read', async () => {
  const layers: TarSource[] = [
    {
      open: () => {
        throw new Error('the tree was read');
      },
    },
  ];
  expect(await substituteFiles({ layers, paths: [], field: 'files', values }, signal)).toMatchObject({
    status: 'succeeded',
  });
});

test.each([
  ['a missing file', 'b', undefined, {}],
  ['a folder instead of a file', 'd', undefined, { detail: 'the path is a folder' }],
  ['a path below a file', 'a/b', undefined, {}],
  ['a broken link', 'broken', undefined, {}],
  ['a circular link', 'round', undefined, {}],
  ['a path out of the workspace', '../a', undefined, { detail: 'the path leads out of the workspace' }],
  ['an absolute path', '/etc/passwd', undefined, { detail: 'the path leads out of the workspace' }],
  ['a link that leads out', 'out', undefined, { detail: 'the path leads out of the workspace' }],
  ['an absolute link', 'absolute', undefined, { detail: 'the path leads out of the workspace' }],
  [
    'a folder with a link that leads out',
    'e',
    isYaml,
    { path: 'e/x.yaml', detail: 'the path leads out of the workspace' },
  ],
])('%s fails the step', async (_, path, fromFolder, more) => {
  const tree = [
    { path: 'a', content: '' },
    { path: 'd/x', content: '' },
    { path: 'broken', link: 'nowhere' },
    { path: 'round', link: 'd/../round' },
    { path: 'out', link: 'd/../../x' },
    { path: 'absolute', link: '/etc/passwd' },
    { path: 'e/x.yaml', link: '../../x' },
  ];
  expect(await fill([tree], [path], fromFolder)).toEqual({
    status: 'failed',
    failure: { code: 'file-missing', field: 'file', path, ...more },
  });
});

test('the note lists only the first undefined names', () => {
  const names = Array.from({ length: 100 }, (_, i) => `n${i}`);
  expect(undefinedNote(new Map([['a', names]]))).toMatch(/n7\} in a and 92 more$/);
  expect(undefinedNote(new Map())).toBeUndefined();
});

describe('any layers', () => {
  const name = fc.constantFrom('a', 'b', 'c.yaml', 'ü');
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  const way = fc
    .array(fc.oneof({ weight: 4, arbitrary: name }, fc.constantFrom('..', '.', '')), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('/').replace(/^\/+/, ''));
  const content = fc
    .array(fc.constantFrom('${who}', '${long}', '${empty}', '${nobody}', '${%who%}', '${', '}', '\r\n', '\0', 'text'), {
      maxLength: 6,
    })
    .map((parts) => parts.join(''));
  const entry: fc.Arbitrary<TarInput> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(path, content, fc.constantFrom(0o644, 0o755, 0o600))
        .map(([at, text, mode]) => fileEntry(at, text, { mode })),
    },
    { weight: 2, arbitrary: fc.tuple(path, way).map(([at, target]) => linkEntry(at, target === '' ? '.' : target)) },
    { weight: 1, arbitrary: fc.tuple(path, path).map(([at, target]) => linkEntry(at, target, 'hardlink')) },
    { weight: 1, arbitrary: path.map((at) => folderEntry(at)) },
  );
  const layers = fc.array(fc.array(entry, { maxLength: 6 }), { minLength: 1, maxLength: 3 });

  test('resolve as on a disk, and files are filled in like whole texts', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        layers,
        way,
        fc.nat(),
        fc.integer({ min: 1, max: 900 }),
        async (entries, anyWay, pick, chunk) => {
          const there = entries.flat().map((each) => each.header.name.toString());
          const wanted = (pick % 4 > 0 && there[pick % there.length]) || anyWay;
          using dir = temporaryFolder();
          const root = `${dir.path}/root`;
          fs.mkdirSync(root);
          const sources: TarSource[] = [];
          for (const layer of entries) {
            const tar = await bytesOf(writeTar(layer));
            sources.push({ open: () => cut(tar, [chunk]) });
            // Skip trees that cannot be unpacked.
            fc.pre(
              await extractTar(cut(tar), root, signal).then(
                () => true,
                () => false,
              ),
            );
          }
          const found = (await LayeredTree.read(sources, signal)).find(wanted);
          const real = realPath(root, wanted);
          if (found.status === 'outside') expect(real === undefined || !`${real}/`.startsWith(`${root}/`)).toBe(true);
          else
            expect(found.status).toBe(real === undefined ? 'missing' : fs.statSync(real).isFile() ? 'file' : 'folder');
          if (found.status !== 'file') return;
          compared++;
          const before = fs.readFileSync(real ?? '', 'utf8');
          const outcome = await substituteFiles({ layers: sources, paths: [wanted], field: 'file', values }, signal);
          if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
          const tree = readTree(root);
          await extractTar(outcome.value.overlay.open(undefined, signal), root, signal);
          expect(fs.readFileSync(real ?? '', 'utf8')).toBe(substitute(before, (each) => values.get(each)));
          const key = Buffer.from((real ?? '').slice(root.length + 1)).toString('latin1');
          const others = (all: typeof tree) => [...all].filter(([each]) => each !== key);
          expect(others(readTree(root))).toEqual(others(tree));
        },
      ),
      onDisk(100),
    );
    expect(compared).toBeGreaterThan(0);
  });
});

function realPath(root: string, wanted: string): string | undefined {
  try {
    return fs.realpathSync.native(`${root}/${wanted}`);
  } catch {
    return undefined;
  }
}
