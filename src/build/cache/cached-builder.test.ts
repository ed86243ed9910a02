import { beforeEach, describe, expect, it } from 'vitest';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import { FakeImageBuilder } from '../../runtime/fake/fake-image-builder.ts';
import type { FileHashes, TreeIndex } from '../../workspace/index/tree-index.ts';
import type { ArtifactBuild, Builder, BuiltArtifact } from '../builder.ts';
import type { ArtifactCache, CacheEntry } from './artifact-cache.ts';
import type { ArtifactInputs, InputState } from '../artifact-inputs.ts';
import { cachedBuilder, type CacheParts } from './cached-builder.ts';

describe('builds with a cache', () => {
  /** A cached builder whose files, base images and options the test changes. */
  class World {
    readonly images = new FakeImageBuilder();
    readonly stored: CacheEntry[] = [];
    readonly built: string[] = [];
    files: Record<string, string> = { a: '1' };
    others: readonly string[] = [];
    baseImages: readonly string[] = [];
    options: Record<string, unknown> = { target: 'prod' };
    lastState: InputState | undefined;
    saved = 0;
    inputs: () => Outcome<ArtifactInputs> = () =>
      succeeded({
        folder: '/app',
        files: { matches: () => true, mayMatchBelow: () => true },
        others: this.others,
        baseImages: this.baseImages,
      });
    /** Runs during the build. */
    during: () => Outcome<BuiltArtifact> | void = () => undefined;
    #made = 0;

    readonly #index: TreeIndex = {
      hashes: async (): Promise<FileHashes> => {
        const files = Object.entries(this.files).sort();
        return await Promise.resolve({ digest: JSON.stringify(files), byPath: () => new Map(files) });
      },
      hash: (path) => this.files[path],
      save: () => void this.saved++,
    };
    readonly #cache: ArtifactCache = {
      entries: () => this.stored,
      lastState: () => this.lastState,
      add: (_artifact, entry, state) => {
        const others = this.stored.filter(({ key }) => key !== entry.key);
        this.stored.splice(0, this.stored.length, entry, ...others);
        this.lastState = state;
      },
      artifacts: () => ['app'],
      remove: () => expect.unreachable(),
    };

    /** Puts an image where the builder keeps its images. */
    has(reference: string, id: string): void {
      this.images.images.set(reference, { id, files: new Map(), labels: {}, history: [], architecture: 'amd64' });
    }

    get inner(): Builder {
      return {
        build: async ({ reference }) => {
          this.built.push(reference);
          const end = this.during();
          if (end) return await Promise.resolve(end);
          const id = `sha256:made${++this.#made}`;
          this.has(reference, id);
          return succeeded({ id });
        },
        inputs: async () => await Promise.resolve(this.inputs()),
      };
    }

    async build(more: Partial<ArtifactBuild> = {}, signal?: AbortSignal): Promise<Outcome<BuiltArtifact>> {
      const parts: CacheParts = {
        ...{ cache: this.#cache, index: this.#index, images: this.images, artifact: 'app', options: this.options },
      };
      return await cachedBuilder(this.inner, parts).build(
        {
          ...{ image: 'app', reference: 'app:1', context: '/app', requires: [], platforms: [], options: {} },
          ...more,
        },
        recordingWork(signal).work,
      );
    }
  }

  let world: World;
  beforeEach(() => {
    world = new World();
  });
  const missed = (text: string) => ({ status: 'succeeded', value: { cache: { missed: text } } });
  const hit = (id = 'sha256:made1') => succeeded({ id, cache: { hit: true } });

  describe('a cached build', () => {
    it('is built once, and then only gets its new tag', async () => {
      expect(await world.build()).toEqual(
        succeeded({ id: 'sha256:made1', cache: { missed: 'not built before', reasons: ['not built before'] } }),
      );
      expect(await world.build({ reference: 'app:2' })).toEqual(hit());
      expect(world.built).toEqual(['app:1']);
      expect(world.images.images.get('app:2')?.id).toBe('sha256:made1');
      expect(world.saved).toBe(2);
    });

    it.each<[string, (world: World) => Partial<ArtifactBuild> | void]>([
      ['a changed', ({ files }) => void (files['a'] = '2')],
      ['b added', ({ files }) => void (files['b'] = '2')],
      ['a removed', ({ files }) => void delete files['a']],
      ['option target changed', ({ options }) => void (options['target'] = 'test')],
      ['option platforms changed', () => ({ platforms: ['linux/arm64'] })],
      ['base image busybox:1 changed', (one) => void one.has('busybox:1', 'sha256:new')],
      ['required image BASE changed', (one) => void one.has('base:1', 'sha256:new')],
      ['/Dockerfile changed', ({ files }) => void (files['/Dockerfile'] = '2')],
      ['the image app:1 is gone', ({ images }) => images.images.delete('app:1') as never],
    ])('is built again: %s', async (reason, change) => {
      world.baseImages = ['busybox:1'];
      world.others = ['/Dockerfile'];
      world.files = { a: '1', '/Dockerfile': '1' };
      world.has('busybox:1', 'sha256:old');
      world.has('base:1', 'sha256:old');
      const requires = [{ alias: 'BASE', reference: 'base:1' }];
      await world.build({ requires });
      expect(await world.build({ requires })).toEqual(hit());
      const more = change(world);
      const changed = { requires, ...(typeof more === 'object' && more) };
      expect(await world.build(changed)).toMatchObject(missed(reason));
      expect(await world.build(changed)).toEqual(hit('sha256:made2'));
    });

    it('finds the image of older inputs', async () => {
      await world.build();
      world.files['a'] = '2';
      await world.build({ reference: 'app:2' });
      world.files['a'] = '1';
      expect(await world.build({ reference: 'app:3' })).toEqual(hit());
      // The reason of a miss is what changed since then.
      world.files['b'] = '1';
      expect(await world.build()).toMatchObject(missed('b added'));
    });

    it('does not depend on the tag of a required image, only on its content', async () => {
      world.has('base:1', 'sha256:base');
      world.has('base:2', 'sha256:base');
      await world.build({ requires: [{ alias: 'BASE', reference: 'base:1' }] });
      expect(await world.build({ requires: [{ alias: 'BASE', reference: 'base:2' }] })).toEqual(hit());
    });

    it('knows a required image that it starts from only once', async () => {
      world.baseImages = ['base:1'];
      world.has('base:1', 'sha256:base');
      await world.build({ requires: [{ alias: 'BASE', reference: 'base:1' }] });
      expect(world.lastState).toMatchObject({ baseImages: {}, requires: { BASE: 'sha256:base' } });
    });

    it('counts a base image that the build pulled', async () => {
      world.baseImages = ['busybox:1'];
      world.during = () => world.has('busybox:1', 'sha256:pulled');
      await world.build();
      expect(await world.build()).toEqual(hit());
    });

    it('stores no value of an option', async () => {
      world.options = { 'buildArgs.TOKEN': 'hush' };
      await world.build();
      expect(JSON.stringify([world.stored, world.lastState])).not.toContain('hush');
      world.options = {};
      expect(await world.build()).toMatchObject(missed('option buildArgs.TOKEN removed'));
    });
  });

  describe('a build that is not stored', () => {
    it('failed', async () => {
      world.during = () => failed({ code: 'build-failed', detail: 'no' });
      expect(await world.build()).toEqual(failed({ code: 'build-failed', detail: 'no' }));
      world.during = () => undefined;
      expect(await world.build()).toMatchObject(missed('not built before'));
    });

    it('had files that changed meanwhile', async () => {
      for (const change of [() => void (world.files['a'] = '2'), () => void (world.files['b'] = '2')]) {
        world.during = change;
        await world.build();
        expect(world.stored).toEqual([]);
      }
    });

    it('has inputs that cannot be known: the build explains why', async () => {
      const why = failed({ code: 'file-missing', field: 'dockerfile', path: '/x' });
      world.inputs = () => why;
      world.during = () => why;
      expect(await world.build()).toEqual(why);
      expect(world.built).toEqual(['app:1']);
    });
  });

  describe('a hit', () => {
    const push = { insecure: true };

    it('is pushed if the build says so', async () => {
      await world.build();
      expect(await world.build({ push, reference: 'app:2' })).toEqual(
        succeeded({ id: 'sha256:made1', digest: world.images.registry.get('app:2'), cache: { hit: true } }),
      );
      expect(world.images.pushes).toEqual([{ reference: 'app:2', insecure: true }]);
    });

    it('whose push fails is no success', async () => {
      world.images.push = async ({ reference }) =>
        await Promise.resolve(failed({ code: 'push-failed', image: reference, detail: 'no' }));
      await world.build();
      expect(await world.build({ push })).toMatchObject({ status: 'failed', failure: { code: 'push-failed' } });
    });

    it('that cannot be tagged is no success', async () => {
      world.images.tag = async (image) =>
        await Promise.resolve(failed({ code: 'image-unavailable', image, detail: 'no' }));
      await world.build();
      expect(await world.build({ reference: 'app:2' })).toMatchObject({
        status: 'failed',
        failure: { code: 'image-unavailable' },
      });
    });

    it('needs an image that the engine can find', async () => {
      world.during = () => succeeded({ digest: 'sha256:only-in-a-registry' });
      await world.build();
      expect(await world.build()).toMatchObject(missed('not built before'));
    });
  });

  it('a lost engine is found by the build', async () => {
    world.baseImages = ['busybox:1'];
    const lost = failed({ code: 'runtime-lost', detail: 'away' });
    world.images.find = async () => await Promise.resolve(lost);
    world.during = () => lost;
    expect(await world.build()).toEqual(lost);
  });

  it('a cancelled build is cancelled', async () => {
    await world.build();
    const stop = new AbortController();
    world.inputs = () => {
      stop.abort(new Error('stop'));
      return succeeded({
        folder: '/',
        files: { matches: () => true, mayMatchBelow: () => true },
        others: [],
        baseImages: [],
      });
    };
    expect(await world.build({}, stop.signal)).toMatchObject({ status: 'cancelled' });
  });

  it('a builder that does not know its inputs stays as it is', () => {
    const inner: Builder = { build: async () => await Promise.resolve(succeeded({})) };
    expect(cachedBuilder(inner, {} as CacheParts)).toBe(inner);
  });
});
