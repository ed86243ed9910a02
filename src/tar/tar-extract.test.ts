import fc from 'fast-check';
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
} from '../../test/rigs/file-tree.ts';
import { bytesOf, cut, fileEntry, folderEntry, header, linkEntry, tarOf } from '../../test/rigs/tar-bytes.ts';
import { extractTar } from './tar-extract.ts';
import { packTar } from './tar-pack.ts';
import type { TarInput } from './tar-writer.ts';

const signal = new AbortController().signal;

async function unpack(directory: string, ...entries: readonly TarInput[]): Promise<void> {
  await extractTar(cut(await tarOf(...entries), [777]), directory, signal);
}

test('random trees are restored, with modes, links and any name', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomTree,
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 4 }),
      async (tree, cuts) => {
        using dir = temporaryFolder();
        writeTree(`${dir.path}/in`, tree);
        fs.mkdirSync(`${dir.path}/out`);
        await extractTar(cut(await bytesOf(packTar(`${dir.path}/in`, 'top', signal)), cuts), `${dir.path}/out`, signal);
        expect(readTree(`${dir.path}/out/top`)).toEqual(tree);
      },
    ),
    onDisk(60),
  );
});

test('times of files and folders are restored, to the second', async () => {
  using dir = temporaryFolder();
  await unpack(
    dir.path,
    { header: header('d', { type: 'directory', mode: 0o755, mtimeMs: 5_000_000 }) },
    fileEntry('d/f', 'x', { mtimeMs: 7_000_000 }),
    fileEntry('d/big', 'y'.repeat(200_000), { mtimeMs: 9_000_000 }),
  );
  expect(['d', 'd/f', 'd/big'].map((name) => fs.statSync(`${dir.path}/${name}`).mtimeMs)).toEqual([
    5_000_000, 7_000_000, 9_000_000,
  ]);
});

test('hard links are created, also in place of an existing entry', async () => {
  using dir = temporaryFolder();
  fs.writeFileSync(`${dir.path}/b`, 'old');
  await unpack(dir.path, fileEntry('a', 'x'), linkEntry('b', 'a', 'hardlink'), linkEntry('a', 'a', 'hardlink'));
  expect(fs.statSync(`${dir.path}/a`).ino).toBe(fs.statSync(`${dir.path}/b`).ino);
});

describe('an existing entry', () => {
  test('is replaced by the last entry of a name, and folders are merged', async () => {
    using dir = temporaryFolder();
    writeTree(dir.path, treeOf({ 'd/old': 'old', 'd/same': 'old', l: link('d') }));
    await unpack(
      dir.path,
      folderEntry('d', 0o700),
      fileEntry('d/same', 'new'),
      folderEntry('l'),
      fileEntry('l/x', 'x'),
      fileEntry('made/y', 'y'),
      fileEntry('made', 'now a file'),
    );
    expect(readTree(dir.path)).toEqual(
      treeOf({ d: folder(0o700), 'd/old': 'old', 'd/same': 'new', l: folder(), 'l/x': 'x', made: file('now a file') }),
    );
  });

  test('replacing a file does not write through to its other names', async () => {
    using dir = temporaryFolder();
    fs.writeFileSync(`${dir.path}/a`, 'kept');
    fs.linkSync(`${dir.path}/a`, `${dir.path}/b`);
    await unpack(dir.path, fileEntry('b', 'new'));
    expect(fs.readFileSync(`${dir.path}/a`, 'utf8')).toBe('kept');
  });

  test('an existing folder is not removed for a file', async () => {
    using dir = temporaryFolder();
    writeTree(dir.path, treeOf({ 'd/mine': 'mine' }));
    await expect(unpack(dir.path, fileEntry('d', 'x'))).rejects.toMatchObject({ code: 'refused' });
    expect(fs.existsSync(`${dir.path}/d/mine`)).toBe(true);
  });
});

describe('malicious archives write nothing outside', () => {
  const cases: Readonly<Record<string, readonly TarInput[]>> = {
    'a name with ..': [fileEntry('../evil', 'x')],
    'a name with .. in the middle': [folderEntry('a'), fileEntry('a/../../evil', 'x')],
    'an absolute name': [fileEntry('/evil', 'x')],
    'through an earlier link': [linkEntry('l', '..'), fileEntry('l/evil', 'x')],
    'through an earlier link, as a folder': [linkEntry('l', '..'), folderEntry('l/evil')],
    'through two links': [
      folderEntry('d'),
      linkEntry('d/up', '..'),
      linkEntry('out', 'd/up/..'),
      fileEntry('out/evil', 'x'),
    ],
    'through a link in the middle': [folderEntry('d'), linkEntry('d/l', '../..'), fileEntry('d/l/evil', 'x')],
    'a hard link to something outside': [linkEntry('h', '../secret', 'hardlink')],
    'a hard link through a link': [linkEntry('l', '..'), linkEntry('h', 'l/secret', 'hardlink')],
    'a hard link to a link': [linkEntry('l', '../secret'), linkEntry('h', 'l', 'hardlink')],
    'a name with a zero byte': [{ header: header(`a${'\0'}b${'x'.repeat(120)}`) }],
    'a device': [{ header: header('null', { type: 'characterDevice' }) }],
    'a pipe': [{ header: header('pipe', { type: 'fifo' }) }],
    'a file in place of the target folder': [fileEntry('.', 'x')],
  };

  test.each(Object.entries(cases))('%s', async (_, entries) => {
    using dir = temporaryFolder();
    writeTree(dir.path, treeOf({ secret: 'secret', in: folder() }));
    await expect(unpack(`${dir.path}/in`, ...entries)).rejects.toMatchObject({ name: 'TarError', code: 'refused' });
    expect(readTree(dir.path, (name) => name.startsWith('in/'))).toEqual(treeOf({ secret: 'secret', in: folder() }));
  });

  test('a link to something outside that a file replaces leaves its target alone', async () => {
    using dir = temporaryFolder();
    writeTree(dir.path, treeOf({ secret: 'secret', in: folder() }));
    await unpack(`${dir.path}/in`, linkEntry('l', '../secret'), fileEntry('l', 'mine'));
    expect(readTree(dir.path)).toEqual(treeOf({ secret: 'secret', 'in/l': 'mine' }));
  });

  test('a folder of the archive replaces an existing link with its name', async () => {
    using dir = temporaryFolder();
    writeTree(dir.path, treeOf({ outside: folder(), 'in/l': link('../outside') }));
    await unpack(`${dir.path}/in`, folderEntry('l'), fileEntry('l/f', 'x'));
    expect(readTree(dir.path)).toEqual(treeOf({ outside: folder(), 'in/l/f': 'x' }));
  });

  test('random sequences of links and files never change anything outside', async () => {
    const part = fc.constantFrom('a', 'b', 'c', '..', '.', '');
    const anyPath = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const entry = fc.oneof(
      anyPath.map((name) => fileEntry(name, 'evil')),
      anyPath.map((name) => folderEntry(name)),
      fc.tuple(anyPath, anyPath).map(([name, target]) => linkEntry(name, target)),
      fc.tuple(anyPath, anyPath).map(([name, target]) => linkEntry(name, target, 'hardlink')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 8 }), async (entries) => {
        using dir = temporaryFolder();
        const outside = treeOf({ a: 'a', 'b/c': 'c', c: link('b'), 'x/y': folder() });
        writeTree(dir.path, outside);
        await unpack(`${dir.path}/x/y`, ...entries).catch(() => undefined);
        expect(readTree(dir.path, (name) => name.startsWith('x/y/'))).toEqual(outside);
      }),
      onDisk(300),
    );
  });
});

test('stops on the signal, in the middle', async () => {
  using dir = temporaryFolder();
  const controller = new AbortController();
  const tar = await tarOf(fileEntry('a', 'a'.repeat(100_000)), fileEntry('b', 'b'));
  const source = async function* () {
    yield tar.subarray(0, 1000);
    controller.abort(new Error('enough'));
    yield tar.subarray(1000);
  };
  await expect(extractTar(source(), dir.path, controller.signal)).rejects.toThrow('enough');
  expect(fs.existsSync(`${dir.path}/b`)).toBe(false);
});
