import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import {
  artifactName,
  artifactOf,
  keyOf,
  lookUp,
  openArtifactCache,
  type ArtifactCache,
  type CacheEntry,
  type NamedArtifact,
} from './artifact-cache.ts';
import type { InputState } from '../artifact-inputs.ts';

interface Added {
  readonly id?: string;
  readonly artifact?: string;
  readonly cache?: ArtifactCache;
}

describe('the cache of artifacts', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

  const open = () => openArtifactCache(path.join(folder.path, 'cache'));
  const stateOf = (files: Readonly<Record<string, string>>): InputState => ({
    filesDigest: JSON.stringify(Object.entries(files).sort()),
    files,
    options: {},
    baseImages: {},
    requires: {},
  });
  const entryOf = (file: string, id = `sha256:${file}`): CacheEntry => ({
    reference: `app:${file}`,
    id,
    key: keyOf(stateOf({ file })),
    builtAt: 1,
  });
  const add = (file: string, { id, artifact = 'app', cache = open() }: Added = {}) =>
    cache.add(artifact, entryOf(file, id), stateOf({ file }));
  const ids = (artifact = 'app') =>
    open()
      .entries(artifact)
      .map(({ id }) => id);

  const stored = (end: '.json' | '.state.json') => {
    const names = fs.readdirSync(path.join(folder.path, 'cache'));
    const name = names.find((name) => name.endsWith(end) && name.includes('.state.') === end.includes('.state.'));
    return path.join(folder.path, 'cache', name!);
  };

  describe('the artifact cache', () => {
    it('has nothing of an artifact that was not built', () => expect(ids()).toEqual([]));

    it('returns to the next process what this one has added, newest first, by artifact', () => {
      add('1');
      add('2');
      add('3', { artifact: 'other' });
      expect(ids()).toEqual(['sha256:2', 'sha256:1']);
      expect(ids('other')).toEqual(['sha256:3']);
    });

    it('replaces the entry of equal inputs', () => {
      add('1');
      add('2');
      add('1', { id: 'sha256:new' });
      expect(ids()).toEqual(['sha256:new', 'sha256:2']);
    });

    it('keeps the ten newest entries', () => {
      for (let i = 1; i <= 12; i++) add(`${i}`);
      expect(ids()).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((i) => `sha256:${i}`));
    });

    it('loses at most an entry if two processes add one at once', () => {
      const [one, two] = [open(), open()];
      add('1', { cache: one });
      // Both have read the file before either writes.
      const file = stored('.json');
      const before = fs.readFileSync(file);
      add('2', { cache: one });
      fs.writeFileSync(file, before);
      add('3', { cache: two });
      expect(ids()).toEqual(['sha256:3', 'sha256:1']);
      // No state stays without its entry.
      expect(fs.readdirSync(path.join(folder.path, 'cache'))).toHaveLength(3);
    });

    it.each([
      '',
      '{',
      'null',
      '[]',
      '{"format":9}',
      '{"format":2,"entries":{}}',
      '{"format":2,"entries":[null,1,"x",{},{"key":null,"reference":"a"},{"key":"a"}]}',
      '{"format":1,"entries":[]}',
    ])('is empty with the content %j, and works again', (content) => {
      add('1');
      fs.writeFileSync(stored('.json'), content);
      expect(ids()).toEqual([]);
      add('2');
      expect(ids()).toEqual(['sha256:2']);
    });

    it('is empty if its folder is a file', () => {
      fs.writeFileSync(path.join(folder.path, 'cache'), '');
      add('1');
      expect(ids()).toEqual([]);
    });
  });

  it.each<NamedArtifact>([
    { image: 'app', context: '/src/my app, here' },
    { image: 'r.example:1/app', context: '/src', platform: 'linux/arm64/v8' },
  ])('has names that can be read again: %j', (artifact) => {
    expect(artifactOf(artifactName(artifact))).toEqual(artifact);
  });

  describe('looking up', () => {
    const look = (state: InputState) => lookUp(open(), 'app', state);

    it('finds an older entry, whatever the order of the inputs', () => {
      const older = { ...entryOf('1'), key: keyOf(stateOf({ b: '1', a: '2' })) };
      open().add('app', older, stateOf({ b: '1', a: '2' }));
      add('2');
      expect(look(stateOf({ a: '2', b: '1' }))).toEqual(older);
    });

    const changed = (...names: readonly string[]) => ({
      kind: 'changed',
      changes: names.map((name) => ({ input: 'file', name, change: 'changed' })),
    });
    const addState = (files: Readonly<Record<string, string>>) => {
      const state = stateOf(files);
      open().add('app', { reference: 'app:1', key: keyOf(state), builtAt: 1 }, state);
    };

    it('compares with the nearest state if there is no entry', () => {
      expect(look(stateOf({}))).toEqual({ kind: 'first' });
      addState({ a: '1', b: '1', c: '1' });
      addState({ a: '2', b: '2', c: '2' });
      expect(look(stateOf({ a: '1', b: '1', c: '3' }))).toEqual(changed('c'));
      expect(look(stateOf({ a: '3', b: '2', c: '2' }))).toEqual(changed('a'));
    });

    it('does not compare with states whose entries were removed', () => {
      addState({ a: '1', b: '1' });
      addState({ a: '2', b: '2' });
      open().remove('app', new Set([keyOf(stateOf({ a: '1', b: '1' }))]));
      expect(look(stateOf({ a: '1', b: '3' }))).toEqual(changed('a', 'b'));
      expect(fs.readdirSync(path.join(folder.path, 'cache'))).toHaveLength(2);
      open().remove('app', new Set([keyOf(stateOf({ a: '2', b: '2' }))]));
      expect(fs.readdirSync(path.join(folder.path, 'cache'))).toEqual([]);
    });

    it('knows that the last build was not stored, until one is', () => {
      const changes = [{ input: 'file', name: 'file', change: 'changed' }] as const;
      open().setUnkept('app', { key: keyOf(stateOf({ file: '2' })), changes });
      expect(open().artifacts()).toEqual(['app']);
      expect(look(stateOf({ file: '3' }))).toEqual({ kind: 'unkept', changes });
      add('1');
      expect(look(stateOf({ file: '2' }))).toEqual(changed('file'));
      open().setUnkept('app', { key: keyOf(stateOf({ file: '2', other: '1' })), changes });
      expect(look(stateOf({ file: '2', other: '1' }))).toEqual({ kind: 'unkept', changes });
      expect(look(stateOf({ file: '1' }))).toEqual(entryOf('1'));
      expect(look(stateOf({ file: '3' }))).toEqual(changed('file'));
    });

    it.each(['', 'null', '{"key":1}', '{"changes":{}}', '{"changes":[null]}', '{"changes":[{"name":1}]}'])(
      'ignores an unkept build that is damaged: %s',
      (unkept) => {
        add('1');
        const content = fs.readFileSync(stored('.json'), 'utf8');
        fs.writeFileSync(stored('.json'), content.replace(/}$/, `,"unkept":${unkept || '""'}}`));
        expect(ids()).toEqual(['sha256:1']);
        expect(open().unkept('app')).toBeUndefined();
      },
    );

    it.each([
      '',
      '{',
      'null',
      '{"format":9}',
      '{"format":2,"state":{"files":{}}}',
      '{"format":2,"state":{"files":null}}',
    ])('finds entries beside a state of %j, and cannot explain a miss', (content) => {
      add('1');
      fs.writeFileSync(stored('.state.json'), content);
      expect(look(stateOf({ file: '1' }))).toEqual(entryOf('1'));
      expect(look(stateOf({ file: '2' }))).toEqual({ kind: 'changed', changes: [] });
    });
  });

  it.each<keyof InputState>(['filesDigest', 'options', 'baseImages', 'requires'])('%s decide about the key', (part) => {
    const one = stateOf({});
    expect(keyOf({ ...one, [part]: { a: '1' } })).not.toBe(keyOf(one));
    expect(keyOf({ ...one, [part]: { a: '1' } })).not.toBe(keyOf({ ...one, [part]: { a: '2' } }));
    const others = (['filesDigest', 'options', 'baseImages', 'requires'] as const).filter((other) => other !== part);
    for (const other of others)
      expect(keyOf({ ...one, [part]: { a: '1' } })).not.toBe(keyOf({ ...one, [other]: { a: '1' } }));
  });
});
