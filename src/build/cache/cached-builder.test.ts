import { beforeEach, describe, expect, it } from 'vitest';
import { CachedBuild } from '../../../test/rigs/cached-build.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { ArtifactBuild, Builder } from '../builder.ts';
import { keyOf, type CacheEntry } from './artifact-cache.ts';
import { cachedBuilder, type CacheParts } from './cached-builder.ts';
import type { SharedCache } from './shared-cache.ts';

describe('builds with a cache', () => {
  let world: CachedBuild;
  beforeEach(() => {
    world = new CachedBuild();
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

    it.each<[string, (world: CachedBuild) => Partial<ArtifactBuild> | void]>([
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
      expect([...world.states.values()]).toMatchObject([{ baseImages: {}, requires: { BASE: 'sha256:base' } }]);
    });

    it('is stored under the files that hooks before the build made', async () => {
      let runs = 0;
      world.more = {
        prepare: async () => {
          world.files['made'] = `${++runs}`;
          return await Promise.resolve(succeeded(undefined));
        },
      };
      expect(await world.build()).toMatchObject(missed('not built before'));
      expect(await world.build()).toEqual(hit());
      expect(runs).toBe(1);
      world.files['a'] = '2';
      expect(await world.build()).toMatchObject(missed('a changed'));
      expect(await world.build()).toEqual(hit('sha256:made2'));
      delete world.files['made'];
      expect(await world.build()).toMatchObject(missed('made removed'));
      expect(runs).toBe(3);
    });

    it('is stored also if a hook before the build made its Dockerfile', async () => {
      const { inputs } = world;
      world.inputs = () => failed({ code: 'file-missing', field: 'dockerfile', path: '/x' });
      world.more = {
        prepare: async () => {
          world.inputs = inputs;
          return await Promise.resolve(succeeded(undefined));
        },
      };
      expect(await world.build()).toEqual(succeeded({ id: 'sha256:made1' }));
      expect(await world.build()).toEqual(hit());
    });

    it('is stored when its artifact is done', async () => {
      const stores: (() => void)[] = [];
      world.more = { whenDone: (store) => void stores.push(store) };
      await world.build();
      expect(world.stored).toEqual([]);
      // What changes now is another matter.
      world.files['a'] = '2';
      for (const store of stores) store();
      expect(await world.build()).toMatchObject(missed('a changed'));
    });

    it('does not count the files that only an unknown base image could read', async () => {
      const select = (matches: (path: string) => boolean) => () =>
        succeeded({ folder: '/app', files: { matches, mayMatchBelow: () => true }, others: [], baseImages: ['b:1'] });
      world.baseImages = ['b:1'];
      world.files = { a: '1', other: '1' };
      world.inputs = select(() => true);
      world.during = () => {
        world.has('b:1', 'sha256:pulled');
        world.inputs = select((path) => path === 'a');
      };
      await world.build();
      expect(await world.build()).toEqual(hit());
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
      expect(JSON.stringify([world.stored, ...world.states.values()])).not.toContain('hush');
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

    it.each<[string, (world: CachedBuild) => void]>([
      ['a changed during the last build', ({ files }) => void (files['a'] = '2')],
      ['b added during the last build', ({ files }) => void (files['b'] = '2')],
      ['a removed during the last build', ({ files }) => void delete files['a']],
      [
        'files changed during the last build',
        (one) => void (one.inputs = () => failed({ code: 'file-missing', field: 'dockerfile', path: '/x' })),
      ],
    ])('had files that changed meanwhile, and the next one says so: %s', async (reason, change) => {
      const { inputs } = world;
      world.during = () => change(world);
      expect(await world.build()).toMatchObject(missed('not built before'));
      expect(world.stored).toEqual([]);
      world.inputs = inputs;
      world.during = () => undefined;
      expect(await world.build()).toMatchObject(missed(reason));
      expect(await world.build()).toEqual(hit('sha256:made2'));
    });

    it('is forgotten once another one is stored or used', async () => {
      await world.build();
      world.during = ({ files } = world) => void (files['a'] = '2');
      world.files['b'] = '1';
      expect(await world.build({ reference: 'app:2' })).toMatchObject(missed('b added'));
      world.during = () => undefined;
      world.files = { a: '1' };
      expect(await world.build()).toEqual(hit());
      // The build that was not stored had these files at its end, but it is not the last one any more.
      world.files = { a: '2', b: '1' };
      expect(await world.build()).toMatchObject(missed('a changed and 1 more'));
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
      expect(await world.build()).toMatchObject(missed('the engine does not have app:1'));
    });
  });

  describe('an image that only a registry has', () => {
    const digest = 'sha256:published';
    const push = { insecure: false };
    const at = (tag: string) => `r.example/app:${tag}`;
    let published: Map<string, string>;
    beforeEach(() => {
      published = new Map();
      world.more = {
        published: {
          digest: async (reference) => await Promise.resolve(published.get(reference)),
          retag: async (from, to) => {
            const found = [...published.values()].includes(digest) && from === `r.example/app@${digest}`;
            if (found) published.set(to, digest);
            return await Promise.resolve(found ? digest : undefined);
          },
        },
      };
      world.during = () => {
        published.set(at('1'), digest);
        return succeeded({ digest });
      };
    });

    it('gets the tag of a build that pushes, and is known to what requires it', async () => {
      await world.build({ push, reference: at('1') });
      expect(await world.build({ push, reference: at('2') })).toEqual(succeeded({ digest, cache: { hit: true } }));
      expect([...published.keys()]).toEqual([at('1'), at('2')]);
      expect(world.elsewhere.get(at('2'))).toBe(digest);
      expect(world.images.pushes).toEqual([]);
    });

    it('is built again if the registry has lost it, or if the build does not push', async () => {
      await world.build({ push, reference: at('1') });
      expect(await world.build({ reference: at('1') })).toMatchObject(missed(`the engine does not have ${at('1')}`));
      published.clear();
      expect(await world.build({ push, reference: at('1') })).toMatchObject(
        missed(`the engine does not have ${at('1')}`),
      );
      expect(world.built).toHaveLength(3);
    });

    it('takes the place of one that the engine has lost', async () => {
      world.during = () => {
        published.set(at('1'), digest);
        return succeeded({ id: 'sha256:lost', digest });
      };
      await world.build({ push, reference: at('1') });
      expect(await world.build({ push, reference: at('2') })).toEqual(succeeded({ digest, cache: { hit: true } }));
      expect(world.elsewhere.get(at('2'))).toBe('sha256:lost');
    });

    it('replaces an older image of the same name, which builds that require it would get', async () => {
      let pull: Outcome<{ id: string } | undefined> = succeeded({ id: digest });
      Object.assign(world.images, { pull: async () => await Promise.resolve(pull) });
      await world.build({ push, reference: at('1') });
      world.has(at('1'), 'sha256:older');
      expect(await world.build({ push, reference: at('1') })).toMatchObject({ value: { cache: { hit: true } } });
      pull = succeeded(undefined);
      expect(await world.build({ push, reference: at('1') })).toMatchObject(
        missed(`the engine does not have ${at('1')}`),
      );
    });

    it('is known from the first push of an image that was built without one', async () => {
      world.during = () => undefined;
      await world.build({ reference: at('1') });
      expect(world.stored).toMatchObject([{ id: 'sha256:made1' }]);
      const pushed = await world.build({ push, reference: at('2') });
      const { digest: known } = pushed.status === 'succeeded' ? pushed.value : {};
      expect(world.stored).toMatchObject([{ id: 'sha256:made1', digest: known, reference: at('2') }]);
      expect(known).toMatch(/^sha256:/);
    });

    it('decides about what requires it, whatever the engine has', async () => {
      const requires = [{ alias: 'BASE', reference: 'base:1' }];
      world.during = () => undefined;
      world.has('base:1', 'sha256:old');
      world.elsewhere.set('base:1', 'sha256:one');
      await world.build({ requires });
      expect(await world.build({ requires })).toEqual(hit());
      world.elsewhere.set('base:1', 'sha256:two');
      expect(await world.build({ requires })).toMatchObject(missed('required image BASE changed'));
    });
  });

  it('is not made by a build during which a file changed and changed back', async () => {
    world.more = { isIsolated: true };
    world.touched = [1];
    world.during = () => void (world.touched = [2]);
    await world.build();
    expect(world.stored).toEqual([]);
    expect(await world.build()).toMatchObject(missed('files changed during the last build'));
  });

  describe('a shared cache', () => {
    const entries = new Map<string, CacheEntry>();
    const shared: SharedCache = {
      find: (image, state) => entries.get(`${image} ${keyOf(state)}`),
      add: (image, entry) => void entries.set(`${image} ${entry.key}`, entry),
    };
    beforeEach(() => {
      entries.clear();
      world.more = { shared };
    });

    it('has what another machine built, if the engine has it', async () => {
      await world.build();
      const other = new CachedBuild();
      other.more = { shared };
      other.has('app:1', 'sha256:made1');
      expect(await other.build({ reference: 'app:2' })).toEqual(hit());
      // From now on the own cache has it.
      expect(other.stored).toMatchObject([{ id: 'sha256:made1' }]);
    });

    it('is no reason for a miss', async () => {
      await world.build();
      const other = new CachedBuild();
      other.more = { shared };
      expect(await other.build()).toMatchObject(missed('not built before'));
    });

    it('gets what was built before it was used', async () => {
      world.more = {};
      await world.build();
      world.more = { shared };
      expect(await world.build()).toEqual(hit());
      expect(entries.size).toBe(1);
    });
  });

  describe('an image that the cache lacks', () => {
    const imported = () => succeeded({ id: 'sha256:there', cache: { hit: true } });
    beforeEach(() => {
      world.more = { importMissing: true };
    });

    it('is the one of the engine, and is in the cache then', async () => {
      world.has('app:1', 'sha256:there');
      expect(await world.build()).toEqual(imported());
      expect(world.stored).toMatchObject([{ id: 'sha256:there', reference: 'app:1' }]);
      expect(world.built).toEqual([]);
    });

    it('is not shared with other machines', async () => {
      const find = () => undefined;
      world.more = { importMissing: true, shared: { find, add: () => expect.unreachable() } };
      world.has('app:1', 'sha256:there');
      expect(await world.build()).toEqual(imported());
      expect(await world.build()).toEqual(imported());
    });

    it('is pulled, or built if there is none', async () => {
      const pulled: string[] = [];
      let answer: Outcome<{ id: string } | undefined> = succeeded(undefined);
      const pull = async (reference: string) => {
        pulled.push(reference);
        return await Promise.resolve(answer);
      };
      Object.assign(world.images, { pull });
      expect(await world.build()).toMatchObject(missed('not built before'));
      answer = succeeded({ id: 'sha256:there' });
      world.files['a'] = '2';
      expect(await world.build({ reference: 'app:2' })).toEqual(imported());
      expect(pulled).toEqual(['app:1', 'app:2']);
    });

    it('is the one of the registry if the build pushes', async () => {
      const digest = async () => await Promise.resolve('sha256:published');
      world.more = { importMissing: true, published: { digest, retag: async () => await Promise.resolve(undefined) } };
      expect(await world.build({ push: { insecure: false } })).toEqual(
        succeeded({ digest: 'sha256:published', cache: { hit: true } }),
      );
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

  it('hooks that fail stop the build, also of a builder that does not know its inputs', async () => {
    const refused = failed({ code: 'exit-nonzero', exitCode: 3 });
    const prepare = async () => await Promise.resolve(refused);
    world.more = { prepare };
    expect(await world.build()).toEqual(refused);
    const inner: Builder = { build: async () => await Promise.resolve(succeeded({ id: 'sha256:1' })) };
    const cached = cachedBuilder(inner, { prepare } as unknown as CacheParts);
    expect(await cached.build({} as ArtifactBuild, recordingWork().work)).toEqual(refused);
    expect(world.built).toEqual([]);
  });
});
