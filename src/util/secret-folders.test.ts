import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test as base } from 'vitest';
import { isSecretFolder, secretFolder, SecretFolders } from './secret-folders.ts';

const test = base.extend<{ directory: string }>({
  directory: async ({}, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'slipway-secrets-test-'));
    await use(directory);
    rmSync(directory, { recursive: true });
  },
});

test('without a file system in memory they are on disk until the end', async ({ directory }) => {
  const folders = new SecretFolders(directory, join(directory, 'nowhere'));
  const path = await folders.make('one');
  expect(dirname(dirname(path))).toBe(directory);
  expect(isSecretFolder(path)).toBe(true);
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  await folders[Symbol.asyncDispose]();
  expect(readdirSync(directory)).toEqual([]);
});

test('a single folder is one of secrets, and is removed with its files', async () => {
  let path: string;
  {
    await using folder = await secretFolder();
    path = folder.path;
    expect(isSecretFolder(path)).toBe(true);
    writeFileSync(join(path, 'token'), 'x');
  }
  expect(existsSync(dirname(path))).toBe(false);
});

test('a folder of the same name is empty again', async ({ directory }) => {
  await using folders = new SecretFolders(directory);
  const path = await folders.make('one');
  writeFileSync(join(path, 'old'), '');
  expect(await folders.make('one')).toBe(path);
  expect(readdirSync(path)).toEqual([]);
});

test.each([
  ['/dev/shm/.slipway-secrets-a1B2c3/slipway-1', true],
  ['/state/host/.slipway-secrets-a1B2c3/slipway-1', true],
  ['/dev/shm/.slipway-secrets-a1B2c3', false],
  ['/dev/shm/.slipway-secrets-a1B2c3/..', false],
  ['/home/me', false],
  ['', false],
])('recognizes %s: %s', (path, expected) => {
  expect(isSecretFolder(path)).toBe(expected);
});
