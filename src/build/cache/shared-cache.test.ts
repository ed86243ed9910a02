import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import type { CacheEntry } from './artifact-cache.ts';
import { openSharedCache } from './shared-cache.ts';

describe('the shared cache', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let directory: string;
  beforeEach(() => {
    folder = temporaryFolder();
    directory = path.join(folder.path, 'shared');
  });
  afterEach(() => folder[Symbol.dispose]());

  const hash = (digit: string) => `sha256:${digit.repeat(64)}`;
  const entry: CacheEntry = { key: 'k', reference: 'r.example/app:1', id: hash('1'), digest: hash('2'), builtAt: 1 };
  const open = () => openSharedCache(directory);

  it('has what another process has added, by image and inputs', () => {
    expect(open().find('app', 'k')).toBeUndefined();
    open().add('app', entry);
    expect(open().find('app', 'k')).toEqual(entry);
    expect(open().find('app', 'other')).toBeUndefined();
    expect(open().find('other', 'k')).toBeUndefined();
    open().add('app', { ...entry, builtAt: 2 });
    expect(open().find('app', 'k')?.builtAt).toBe(2);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no entry', {}],
    ['an entry without a reference', { ...entry, reference: 1 }],
    ['an id that is none', { ...entry, id: '../images/x' }],
    ['a digest that is none', { ...entry, digest: ['x'] }],
    ['the entry of other inputs', { ...entry, key: 'x' }],
    ['a reference that is none', { ...entry, reference: ':::bad ref@@' }],
    ['an empty reference', { ...entry, reference: '' }],
    ['a time that no date has', { ...entry, builtAt: 1e300 }],
    ['a negative time', { ...entry, builtAt: -1 }],
    ['a part of a time', { ...entry, builtAt: 1.5 }],
    ['a very long name', { ...entry, more: 'x'.repeat(100_000) }],
  ])('trusts no file with %s', (_, written) => {
    open().add('app', entry);
    const [name] = fs.readdirSync(directory);
    fs.writeFileSync(path.join(directory, name!), JSON.stringify({ format: 1, image: 'app', entry: written }) ?? '');
    expect(open().find('app', 'k')).toBeUndefined();
    open().add('app', entry);
    expect(open().find('app', 'k')).toEqual(entry);
  });

  it.each([
    ['a pipe', (file: string) => void execFileSync('mkfifo', [file])],
    ['a device', (file: string) => fs.symlinkSync('/dev/zero', file)],
    ['a folder', (file: string) => void fs.mkdirSync(file)],
  ])('does not wait for %s that another user has put there', (_, plant) => {
    open().add('app', entry);
    const file = path.join(directory, fs.readdirSync(directory)[0]!);
    fs.rmSync(file);
    plant(file);
    expect(open().find('app', 'k')).toBeUndefined();
  });

  it('is no error if its folder cannot be written', () => {
    fs.writeFileSync(directory, '');
    open().add('app', entry);
    expect(open().find('app', 'k')).toBeUndefined();
  });
});
