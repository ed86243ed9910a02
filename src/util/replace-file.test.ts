import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replaceFile } from './replace-file.ts';

const it = test.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'slipway-replace-'));
    await use(folder);
    fs.rmSync(folder, { recursive: true, force: true });
  },
});

it('replaces the text and keeps the mode', async ({ folder }) => {
  const file = join(folder, 'a.yaml');
  fs.writeFileSync(file, 'old');
  fs.chmodSync(file, 0o640);
  const before = fs.statSync(file);
  await replaceFile(file, 'new\n');
  const after = fs.statSync(file);
  expect(fs.readFileSync(file, 'utf8')).toBe('new\n');
  expect([after.mode, after.uid, after.gid]).toEqual([before.mode, before.uid, before.gid]);
  // A new file took the place of the old one, which a crash could not have cut.
  expect(after.ino).not.toBe(before.ino);
  expect(fs.readdirSync(folder)).toEqual(['a.yaml']);
});

it('follows links', async ({ folder }) => {
  fs.mkdirSync(join(folder, 'real'));
  fs.writeFileSync(join(folder, 'real', 'a.yaml'), 'old');
  fs.symlinkSync('real/a.yaml', join(folder, 'link.yaml'));
  await replaceFile(join(folder, 'link.yaml'), 'new');
  expect(fs.readFileSync(join(folder, 'real', 'a.yaml'), 'utf8')).toBe('new');
  expect(fs.readlinkSync(join(folder, 'link.yaml'))).toBe('real/a.yaml');
  expect(fs.readdirSync(join(folder, 'real'))).toEqual(['a.yaml']);
});

it('leaves everything as it was after an error', async ({ folder }) => {
  const file = join(folder, 'a.yaml');
  fs.mkdirSync(file);
  await expect(replaceFile(file, 'new')).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(replaceFile(join(folder, 'none'), 'new')).rejects.toMatchObject({ code: 'ENOENT' });
  expect(fs.readdirSync(folder)).toEqual(['a.yaml']);
});
