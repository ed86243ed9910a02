import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { listFiles } from './list-files.ts';

const signal = new AbortController().signal;

test('lists wanted files and links, sorted, and does not look into other folders', async () => {
  using folder = temporaryFolder();
  for (const name of ['b/c.go', 'b/d.txt', 'a.go', 'node_modules/x.go', 'z/y/x.go']) {
    fs.mkdirSync(path.dirname(path.join(folder.path, name)), { recursive: true });
    fs.writeFileSync(path.join(folder.path, name), '');
  }
  fs.symlinkSync('nowhere', path.join(folder.path, 'b/link.go'));
  fs.symlinkSync('z', path.join(folder.path, 'folder.go'));
  execFileSync('mkfifo', [path.join(folder.path, 'pipe.go')]);
  const asked: string[] = [];
  const selection = {
    matches: (one: string) => one.endsWith('.go'),
    mayMatchBelow: (one: string) => asked.push(one) > 0 && one !== 'node_modules',
  };
  expect(await listFiles(folder.path, selection, signal)).toEqual([
    'a.go',
    'b/c.go',
    'b/link.go',
    'folder.go',
    'z/y/x.go',
  ]);
  expect(asked.sort()).toEqual(['b', 'node_modules', 'z', 'z/y']);
});

test('a missing folder has no files', async () => {
  expect(await listFiles('/none/such', { matches: () => true, mayMatchBelow: () => true }, signal)).toEqual([]);
});
