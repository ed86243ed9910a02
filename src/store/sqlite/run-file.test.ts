import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { noted, output } from '../../../test/rigs/store-rig.ts';
import type { RunId } from '../../model/ids.ts';
import { RunFile } from './run-file.ts';

// Each record names its format.
vi.mock('../../events/upcast.ts', () => ({ upcast: (record: object, format: number) => ({ ...record, format }) }));

describe('run file', () => {
  let folder: string;
  let files: RunFile[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-file-'));
    files = [];
  });

  afterEach(async () => {
    for (const file of files) file.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(format: number): Promise<RunFile> {
    const file = await RunFile.open('run' as RunId, join(folder, 'run.db'), undefined, format);
    files.push(file);
    return file;
  }

  const formats = async (file: RunFile) =>
    (await file.page(0, false)).events.map((event) => (event as unknown as { format: number }).format);

  it('an event is read in the format in which its owner wrote it', async () => {
    const old = await open(1);
    await old.append(1, [noted('a'), output('b')]);
    old.close();
    const watching = await open(3);
    const newer = await open(3);
    expect(await formats(newer)).toEqual([1, 1]);
    await newer.raiseEpoch(2);
    await newer.append(2, [noted('c'), output('d', 1)]);
    for (const file of [newer, watching, await open(3), await open(4)])
      expect(await formats(file)).toEqual([1, 1, 3, 3]);
  });

  it('a log that a newer program took over is refused by an older one; one that it only read is not', async () => {
    const old = await open(1);
    await old.append(1, [noted('a')]);
    await formats(await open(2));
    await formats(await open(1));
    const newer = await open(2);
    await newer.raiseEpoch(2);
    await expect(open(1)).rejects.toMatchObject({ code: 'newer-format' });
    await newer.raiseEpoch(3);
    await newer.append(3, [noted('b')]);
    expect(await formats(await open(3))).toEqual([1, 2]);
  });
});
