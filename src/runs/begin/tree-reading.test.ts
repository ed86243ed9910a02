import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../model/clock.ts';
import { takeSnapshot } from '../../workspace/snapshot/snapshot.ts';
import { WorkspaceError } from '../../workspace/workspace-error.ts';
import type { Machine } from '../machine.ts';
import { TreeReading } from './tree-reading.ts';

const { signal } = new AbortController();
const machine = { clock: systemClock, files: { takeSnapshot } as Machine['files'] };

describe('the reading of a tree', () => {
  let root: string;
  let run: string;
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-tree-'));
    [root, run] = [join(folder, 'tree'), join(folder, 'run')];
    await Promise.all([mkdir(root), mkdir(run)]);
    await writeFile(join(root, 'a'), 'hello');
  });
  afterEach(async () => await rm(join(root, '..'), { recursive: true }));

  const reading = (directory = root) => new TreeReading(machine, { gitIgnore: false }, Promise.resolve({ directory }));

  it('reads the tree, and keeps it in the folder that is named later', async () => {
    const tree = reading();
    tree.keepIn(Promise.resolve(run));
    expect(await tree.result(signal)).toMatchObject({ ref: { files: 1, bytes: 5 } });
    expect(tree.activity()).toMatchObject({ type: 'reading', files: 1, bytes: 5 });
    await tree.stop();
    expect(await readdir(run)).toEqual(['workspace']);
  });

  it('returns why the tree cannot be read', async () => {
    const tree = reading(join(root, 'missing'));
    tree.keepIn(Promise.resolve(run));
    expect(await tree.result(signal)).toBeInstanceOf(WorkspaceError);
    expect(await readdir(run)).toEqual([]);
  });

  it('writes nothing if it is stopped, and the result is the reason', async () => {
    const tree = reading();
    const stopped = tree.stop();
    tree.keepIn(Promise.resolve(run));
    await stopped;
    await expect(tree.result(signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(run)).toEqual([]);
  });

  it('fails if there is no folder, as that did', async () => {
    const tree = reading();
    tree.keepIn(Promise.reject(new Error('no store')));
    await expect(tree.result(signal)).rejects.toThrow('no store');
  });

  it('ends with the reason of a cancelled run', async () => {
    const tree = reading();
    const cancelled = new AbortController();
    const result = tree.result(cancelled.signal);
    cancelled.abort(new Error('cancelled'));
    tree.keepIn(Promise.resolve(run));
    await expect(result).rejects.toThrow('cancelled');
  });
});
