import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import type { InputState } from '../artifact-inputs.ts';
import { keyOf, type CacheEntry } from './artifact-cache.ts';
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
  const stateOf = (file: string, more: Partial<InputState> = {}): InputState => ({
    ...{ filesDigest: file, files: {}, options: {}, baseImages: { 'base:1': hash('3') }, requires: {} },
    ...more,
  });
  const state = stateOf('1');
  const entry: CacheEntry = {
    key: keyOf(state),
    reference: 'r.example/app:1',
    id: hash('1'),
    digest: hash('2'),
    builtAt: 1,
  };
  const open = (platform = 'linux/amd64') => openSharedCache(directory, platform);

  it('has what another process has added, by image and inputs', () => {
    expect(open().find('app', state)).toBeUndefined();
    open().add('app', entry, state);
    expect(open().find('app', state)).toEqual(entry);
    expect(open().find('app', stateOf('2'))).toBeUndefined();
    expect(open().find('other', state)).toBeUndefined();
    open().add('app', { ...entry, builtAt: 2 }, state);
    expect(open().find('app', state)?.builtAt).toBe(2);
  });

  it('has nothing for another platform', () => {
    open().add('app', entry, state);
    expect(open('linux/arm64').find('app', state)).toBeUndefined();
  });

  it.each([{ baseImages: { 'base:1': '' } }, { requires: { BASE: '' } }])(
    'neither takes nor finds an image that was built from one that the engine does not have: %j',
    (more) => {
      const unknown = stateOf('1', more);
      open().add('app', { ...entry, key: keyOf(unknown) }, unknown);
      expect(open().find('app', unknown)).toBeUndefined();
      expect(fs.existsSync(directory)).toBe(false);
    },
  );

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
    open().add('app', entry, state);
    const [name] = fs.readdirSync(directory);
    fs.writeFileSync(path.join(directory, name!), JSON.stringify({ format: 1, image: 'app', entry: written }) ?? '');
    expect(open().find('app', state)).toBeUndefined();
    open().add('app', entry, state);
    expect(open().find('app', state)).toEqual(entry);
  });

  it.each([
    ['a pipe', (file: string) => void execFileSync('mkfifo', [file])],
    ['a device', (file: string) => fs.symlinkSync('/dev/zero', file)],
    ['a folder', (file: string) => void fs.mkdirSync(file)],
  ])('does not wait for %s that another user has put there', (_, plant) => {
    open().add('app', entry, state);
    const file = path.join(directory, fs.readdirSync(directory)[0]!);
    fs.rmSync(file);
    plant(file);
    expect(open().find('app', state)).toBeUndefined();
  });

  it('is no error if its folder cannot be written', () => {
    fs.writeFileSync(directory, '');
    open().add('app', entry, state);
    expect(open().find('app', state)).toBeUndefined();
  });
});
