import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFile } from './create-file.ts';

const test = it.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'slipway-create-'));
    await use(folder);
    fs.rmSync(folder, { recursive: true, force: true });
  },
});

describe('createFile', () => {
  test('writes a new file, and leaves nothing else', async ({ folder }) => {
    await createFile(join(folder, 'new'), 'text');
    expect(fs.readFileSync(join(folder, 'new'), 'utf8')).toBe('text');
    expect(fs.readdirSync(folder)).toEqual(['new']);
  });

  test.for(['file', 'link'])('never writes over a %s', async (kind, { folder }) => {
    const path = join(folder, 'there');
    if (kind === 'file') fs.writeFileSync(path, 'old');
    else fs.symlinkSync(join(folder, 'missing'), path);
    await expect(createFile(path, 'new')).rejects.toThrow('EEXIST');
    expect(fs.readdirSync(folder)).toEqual(['there']);
    if (kind === 'file') expect(fs.readFileSync(path, 'utf8')).toBe('old');
  });

  test('rejects with the reason', async ({ folder }) => {
    await expect(createFile(join(folder, 'no', 'folder'), '')).rejects.toThrow('ENOENT');
  });
});
