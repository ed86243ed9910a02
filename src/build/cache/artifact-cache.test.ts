import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { keyOf, lookUp, openArtifactCache, type CacheEntry } from './artifact-cache.ts';
import type { InputState } from '../artifact-inputs.ts';

describe('the cache of artifacts', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

  const open = () => openArtifactCache(path.join(folder.path, 'cache'));
  const stateOf = (files: Readonly<Record<string, string>>): InputState => ({
    files,
    options: {},
    baseImages: {},
    requires: {},
  });
  const entryOf = (file: string, id = `sha256:${file}`): CacheEntry => ({
    reference: `app:${file}`,
    id,
    state: stateOf({ file }),
    builtAt: 1,
  });
  const ids = (artifact = 'app') =>
    open()
      .entries(artifact)
      .map(({ id }) => id);

  describe('the artifact cache', () => {
    it('has nothing of an artifact that was not built', () => expect(ids()).toEqual([]));

    it('returns to the next process what this one has added, newest first, by artifact', () => {
      open().add('app', entryOf('1'));
      open().add('app', entryOf('2'));
      open().add('other', entryOf('3'));
      expect(ids()).toEqual(['sha256:2', 'sha256:1']);
      expect(ids('other')).toEqual(['sha256:3']);
    });

    it('replaces the entry of equal inputs', () => {
      open().add('app', entryOf('1'));
      open().add('app', entryOf('2'));
      open().add('app', entryOf('1', 'sha256:new'));
      expect(ids()).toEqual(['sha256:new', 'sha256:2']);
    });

    it('keeps the ten newest entries', () => {
      for (let i = 1; i <= 12; i++) open().add('app', entryOf(`${i}`));
      expect(ids()).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((i) => `sha256:${i}`));
    });

    it('loses at most an entry if two processes add one at once', () => {
      const [one, two] = [open(), open()];
      one.add('app', entryOf('1'));
      // Both have read the file before either writes.
      const file = path.join(folder.path, 'cache', fs.readdirSync(path.join(folder.path, 'cache'))[0]!);
      const before = fs.readFileSync(file);
      one.add('app', entryOf('2'));
      fs.writeFileSync(file, before);
      two.add('app', entryOf('3'));
      expect(ids()).toEqual(['sha256:3', 'sha256:1']);
      expect(fs.readdirSync(path.join(folder.path, 'cache'))).toHaveLength(1);
    });

    it.each([
      '',
      '{',
      'null',
      '[]',
      '{"format":1}',
      '{"format":1,"entries":{}}',
      '{"format":1,"entries":[null,1,"x",{},{"state":null},{"state":{"files":{}}}]}',
      '{"format":2,"entries":[]}',
    ])('is empty with the content %j, and works again', (content) => {
      open().add('app', entryOf('1'));
      const [name] = fs.readdirSync(path.join(folder.path, 'cache'));
      fs.writeFileSync(path.join(folder.path, 'cache', name!), content);
      expect(ids()).toEqual([]);
      open().add('app', entryOf('2'));
      expect(ids()).toEqual(['sha256:2']);
    });

    it('is empty if its folder is a file', () => {
      fs.writeFileSync(path.join(folder.path, 'cache'), '');
      open().add('app', entryOf('1'));
      expect(ids()).toEqual([]);
    });
  });

  describe('looking up', () => {
    it('finds an older entry, whatever the order of the inputs', () => {
      const entries = [entryOf('2'), { ...entryOf('1'), state: stateOf({ b: '1', a: '2' }) }];
      expect(lookUp(entries, stateOf({ a: '2', b: '1' }))).toBe(entries[1]);
    });

    it('compares with the newest entry if there is none', () => {
      expect(lookUp([entryOf('2'), entryOf('1')], stateOf({ file: '3' }))).toEqual({
        kind: 'changed',
        changes: [{ input: 'file', name: 'file', change: 'changed' }],
      });
      expect(lookUp([], stateOf({}))).toEqual({ kind: 'first' });
    });
  });

  it.each<keyof InputState>(['files', 'options', 'baseImages', 'requires'])('%s decide about the key', (part) => {
    const one = stateOf({});
    expect(keyOf({ ...one, [part]: { a: '1' } })).not.toBe(keyOf(one));
    expect(keyOf({ ...one, [part]: { a: '1' } })).not.toBe(keyOf({ ...one, [part]: { a: '2' } }));
    const others = (['files', 'options', 'baseImages', 'requires'] as const).filter((other) => other !== part);
    for (const other of others)
      expect(keyOf({ ...one, [part]: { a: '1' } })).not.toBe(keyOf({ ...one, [other]: { a: '1' } }));
  });
});
