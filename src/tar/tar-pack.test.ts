import fs from 'node:fs';
import { createServer } from 'node:net';
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { temporaryFolder, treeOf, writeTree } from '../../test/rigs/file-tree.ts';
import { bytesOf, cut } from '../../test/rigs/tar-bytes.ts';
import { packTar } from './tar-pack.ts';
import { readTar } from './tar-reader.ts';

const signal = new AbortController().signal;

async function listed(source: AsyncIterable<Uint8Array>): Promise<string[]> {
  const names: string[] = [];
  for await (const { header } of readTar(source)) names.push(header.name.toString());
  return names;
}

test('entries are sorted by bytes, a folder before its content', async () => {
  using dir = temporaryFolder();
  writeTree(dir.path, treeOf({ 'a/z': '', 'a-b': '', 'a/b/c': '', A: '' }));
  expect(await listed(packTar(dir.path, 'top', signal))).toEqual([
    'top',
    'top/A',
    'top/a',
    'top/a-b',
    'top/a/b',
    'top/a/b/c',
    'top/a/z',
  ]);
});

test('a single file or link is an entry', async () => {
  using dir = temporaryFolder();
  writeTree(dir.path, treeOf({ f: 'x' }));
  fs.symlinkSync('f', `${dir.path}/l`);
  expect(await listed(packTar(`${dir.path}/f`, 'f', signal))).toEqual(['f']);
  expect(await listed(packTar(`${dir.path}/l`, 'l', signal))).toEqual(['l']);
});

test.each([
  ['shrinks', 0],
  ['shrinks to a part', 150_000],
  ['grows', 900_000],
])('a file that %s while it is read leaves the tar valid, and is reported', async (_, size) => {
  using dir = temporaryFolder();
  fs.writeFileSync(`${dir.path}/a`, Buffer.alloc(600_000, 1));
  fs.writeFileSync(`${dir.path}/b`, 'b');
  const notes: string[] = [];
  const parts: Buffer[] = [];
  for await (const part of packTar(dir.path, '', signal, {
    observer: { note: (message) => void notes.push(message) },
  })) {
    if (parts.length === 0) fs.truncateSync(`${dir.path}/a`, size);
    parts.push(Buffer.from(part));
  }
  const bodies: number[] = [];
  for await (const { body } of readTar(cut(Buffer.concat(parts)))) bodies.push((await bytesOf(body)).length);
  expect(bodies).toEqual([600_000, 1]);
  expect(notes).toEqual(['a changed while it was read']);
});

test('sockets and pipes are skipped, and reported', async () => {
  using dir = temporaryFolder();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${dir.path}/s`, resolve));
  execFileSync('mkfifo', [`${dir.path}/p`]);
  const notes: string[] = [];
  expect(
    await listed(packTar(dir.path, '', signal, { observer: { note: (message) => void notes.push(message) } })),
  ).toEqual([]);
  expect(notes).toEqual(['skipped p: it is a pipe', 'skipped s: it is a socket']);
  await new Promise((resolve) => server.close(resolve));
});
