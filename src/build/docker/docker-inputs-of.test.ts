import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { failed, succeeded } from '../../model/outcome.ts';
import type { FoundImage } from '../../runtime/image-builder.ts';
import { dockerInputsOf, type DockerInputsRequest } from './docker-inputs-of.ts';

describe('inputs of Docker builds', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
    fs.mkdirSync(path.join(folder.path, 'app'));
  });
  afterEach(() => folder[Symbol.dispose]());

  const at = (name: string) => path.join(folder.path, 'app', name);
  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(at(name)), { recursive: true });
      fs.writeFileSync(at(name), content);
    }
  }

  const known: Readonly<Record<string, FoundImage>> = {
    'plain:1': { id: 'sha256:plain' },
    'trigger:1': { id: 'sha256:trigger', workdir: '/w', onbuild: ['COPY triggered /x'] },
  };

  async function inputs(request: Partial<DockerInputsRequest> = {}) {
    const found = await dockerInputsOf(
      { folder: path.join(folder.path, 'app'), dockerfile: 'Dockerfile', args: new Map(), ...request },
      { find: async (name) => await Promise.resolve(succeeded(known[name])) },
      new AbortController().signal,
    );
    if (found.status !== 'succeeded') throw new Error(JSON.stringify(found));
    return found.value;
  }

  /** Returns which of the names can change the image. */
  async function counted(names: readonly string[], request?: Partial<DockerInputsRequest>): Promise<readonly string[]> {
    const { files } = await inputs(request);
    return names.filter((name) => files.matches(name));
  }

  describe('what can change the image of a Dockerfile', () => {
    it('is what it copies, the Dockerfile and the ignore files', async () => {
      write({ Dockerfile: 'FROM plain:1\nCOPY src /src\n', '.dockerignore': '*.log\n' });
      expect(await counted(['Dockerfile', 'src/a', 'src', 'other', 'src.log', '.dockerignore', 'README'])).toEqual([
        'Dockerfile',
        'src/a',
        'src',
        '.dockerignore',
      ]);
      expect(await inputs()).toMatchObject({ others: [], baseImages: ['plain:1'] });
    });

    it('depends on build arguments and the target', async () => {
      write({
        Dockerfile: 'ARG FROM_FOLDER=a\nFROM plain:1 AS one\nARG WHAT=a\nCOPY $WHAT /\nFROM plain:1 AS two\nCOPY b /\n',
      });
      expect(await counted(['a', 'b', 'c'], { target: 'one' })).toEqual(['a']);
      expect(await counted(['a', 'b', 'c'], { target: 'one', args: new Map([['WHAT', 'c']]) })).toEqual(['c']);
      expect(await counted(['a', 'b', 'c'])).toEqual(['b']);
    });

    it('includes what the triggers of a base image copy', async () => {
      write({ Dockerfile: 'FROM trigger:1\nCOPY own /\n' });
      expect(await counted(['own', 'triggered', 'other'])).toEqual(['own', 'triggered']);
    });

    it('is everything that is sent if a base image is unknown', async () => {
      write({ Dockerfile: 'FROM unknown:1\nCOPY own /\n', '.dockerignore': 'cache\n!cache/kept\nDockerfile\n' });
      expect(await counted(['own', 'other', 'cache/x', 'cache/kept', 'Dockerfile'])).toEqual([
        'own',
        'other',
        'cache/kept',
        'Dockerfile',
      ]);
      const { files } = await inputs();
      expect([files.mayMatchBelow('cache'), files.mayMatchBelow('other')]).toEqual([true, true]);
      write({ '.dockerignore': 'cache\n' });
      expect((await inputs()).files.mayMatchBelow('cache')).toBe(false);
    });

    it('includes what a copied link leads to', async () => {
      write({ Dockerfile: 'FROM plain:1\nCOPY current /\n', 'releases/1': '1', 'releases/2': '2' });
      fs.symlinkSync('releases/1', at('current'));
      expect(await counted(['current', 'releases/1', 'releases/2'])).toEqual(['current', 'releases/1']);
    });

    it('includes a Dockerfile from outside, by its real path', async () => {
      fs.writeFileSync(path.join(folder.path, 'Outside'), 'FROM plain:1\nCOPY a /\n');
      const real = fs.realpathSync(path.join(folder.path, 'Outside'));
      expect((await inputs({ dockerfile: '../Outside' })).others).toEqual([real]);
      fs.symlinkSync('../Outside', at('Dockerfile'));
      expect((await inputs()).others).toEqual([real]);
      expect(await counted(['a', 'b'])).toEqual(['a']);
    });

    it('includes what a link behind a link leads to, and ends with links in a circle', async () => {
      write({ Dockerfile: 'FROM plain:1\nCOPY one/file /x\nCOPY round/a /y\n', 'three/file': '1' });
      fs.symlinkSync('two', at('one'));
      fs.symlinkSync('three', at('two'));
      fs.symlinkSync('round/b', at('round'));
      expect(await counted(['one', 'two', 'three/file', 'three/other', 'round'])).toEqual([
        'one',
        'two',
        'three/file',
        'round',
      ]);
    });

    it('includes what a linked Dockerfile of the folder leads to', async () => {
      write({ 'docker/real': 'FROM plain:1\n' });
      fs.symlinkSync('docker/real', at('Dockerfile'));
      expect(await counted(['docker/real', 'a'])).toEqual(['docker/real']);
      expect((await inputs()).others).toEqual([]);
    });

    it('is relative to the folder that a link leads to', async () => {
      write({ Dockerfile: 'FROM plain:1\n' });
      fs.symlinkSync('app', path.join(folder.path, 'link'));
      expect((await inputs({ folder: path.join(folder.path, 'link') })).folder).toBe(fs.realpathSync(at('')));
    });
  });

  it.each([
    ['a missing Dockerfile', 'Missing', { code: 'file-missing' }],
    ['an engine that is lost', 'Dockerfile', { code: 'runtime-lost' }],
  ])('%s is a failure', async (_, dockerfile, failure) => {
    write({ Dockerfile: 'FROM plain:1\n' });
    const found = await dockerInputsOf(
      { folder: path.join(folder.path, 'app'), dockerfile, args: new Map() },
      { find: async () => await Promise.resolve(failed({ code: 'runtime-lost', detail: 'away' })) },
      new AbortController().signal,
    );
    expect(found).toMatchObject({ status: 'failed', failure });
  });
});
