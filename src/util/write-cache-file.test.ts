import fs from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../test/rigs/file-tree.ts';
import { writeCacheFile } from './write-cache-file.ts';

test('writes a file and its folders, and replaces the old one', () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, 'a/b/c.json');
  writeCacheFile(file, 'one');
  writeCacheFile(file, 'two');
  expect(fs.readFileSync(file, 'utf8')).toBe('two');
  expect(fs.readdirSync(path.dirname(file))).toEqual(['c.json']);
});

test('keeps the old content and leaves nothing behind if the new one cannot be stored', () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, 'c.json');
  writeCacheFile(file, 'one');
  const full = vi.spyOn(fs, 'renameSync').mockImplementation(() => {
    throw new Error('ENOSPC');
  });
  writeCacheFile(file, 'two');
  full.mockRestore();
  expect(fs.readFileSync(file, 'utf8')).toBe('one');
  expect(fs.readdirSync(folder.path)).toEqual(['c.json']);
});

test('reports nothing if the folder is a file', () => {
  using folder = temporaryFolder();
  fs.writeFileSync(path.join(folder.path, 'a'), 'kept');
  writeCacheFile(path.join(folder.path, 'a/b'), 'lost');
  expect(fs.readFileSync(path.join(folder.path, 'a'), 'utf8')).toBe('kept');
});
