import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { listProjectFiles } from './list-project-files.ts';

const { signal } = new AbortController();

/** The longest path of Linux is one byte shorter: path_resolution(7). */
const pathMax = 4096;

/** Returns a folder below another one whose whole path has this many bytes. */
function deepFolder(root: string, length: number): string {
  let path = root;
  for (let left = length - root.length; left > 0; left = length - path.length)
    path = join(path, 'd'.repeat(left <= 250 ? left - 1 : 200));
  return path;
}

describe.skipIf(process.platform !== 'linux')('a path that is too long for the system', () => {
  it.each([5, 1])('%i bytes below the limit is left out with what is in it', async (below) => {
    using folder = temporaryFolder();
    const root = fs.realpathSync(folder.path);
    const deep = deepFolder(root, pathMax - below);
    fs.mkdirSync(deep, { recursive: true });
    fs.writeFileSync(join(root, 'Dockerfile'), '');
    const { files, unreadable } = await listProjectFiles(root, 1000, signal);
    expect(files).toEqual(['Dockerfile']);
    expect(unreadable).toEqual([{ path: deep.slice(root.length + 1), why: 'its path is too long' }]);
  });

  it('beyond the limit is left out, too', async () => {
    using folder = temporaryFolder();
    const root = fs.realpathSync(folder.path);
    const deep = deepFolder(root, pathMax - 100);
    fs.mkdirSync(deep, { recursive: true });
    fs.mkdirSync(join(root, 'x', 'y'.repeat(200), 'z'), { recursive: true });
    // No path can make or remove this one.
    fs.renameSync(join(root, 'x'), join(deep, 'x'));
    try {
      const { files, unreadable } = await listProjectFiles(root, 1000, signal);
      expect(files).toEqual([]);
      expect(unreadable).toEqual([
        { path: join(deep, 'x', 'y'.repeat(200)).slice(root.length + 1), why: 'its path is too long' },
      ]);
    } finally {
      fs.renameSync(join(deep, 'x'), join(root, 'x'));
    }
  });
});
