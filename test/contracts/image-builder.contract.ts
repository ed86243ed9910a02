/**
 * The contract of image builders (`src/runtime/image-builder.ts`). A test file of each builder calls
 * `imageBuilderContract`. The Dockerfiles here use only what the fake builder supports
 * (`src/runtime/fake/fake-dockerfile.ts`).
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Cancelled, type Outcome } from '../../src/model/outcome.ts';
import type { StepId } from '../../src/model/ids.ts';
import type { Observation, Work } from '../../src/model/work.ts';
import { ProgressPacer } from '../../src/store/log/progress-pacer.ts';
import { ManualClock } from '../rigs/manual-clock.ts';
import type { ImageBuild, ImagePush, PushedImage, RegistryLogin } from '../../src/runtime/image-builder.ts';
import { recordingWork } from '../rigs/recording-work.ts';
import { tarSource, type TreeEntry } from '../rigs/tree.ts';
import { openingContract } from './image-builder/opening.ts';
import { optionsContract } from './image-builder/options.ts';
import type { ImageBuilderTraits, ImageBuilderUnderTest, RegistryUnderTest } from './image-builder/under-test.ts';

export type { ImageBuilderUnderTest, RegistryUnderTest } from './image-builder/under-test.ts';

export function imageBuilderContract(
  name: string,
  open: () => Promise<ImageBuilderUnderTest | { readonly skip: string }>,
  given: Partial<ImageBuilderTraits> = {},
): void {
  const traits: ImageBuilderTraits = {
    secrets: true,
    keepsImages: true,
    counts: true,
    stopsAtOnce: true,
    ssh: ['agent', 'keys'],
    cacheFrom: true,
    networks: ['none', 'host', 'name'],
    defaultNetwork: 'own',
    addHosts: true,
    caches: true,
    checksPlatform: true,
    ...given,
  };
  describe(`image builder contract: ${name}`, () => {
    let opened: ImageBuilderUnderTest | { readonly skip: string } = { skip: 'it could not be opened' };
    const made: string[] = [];
    beforeAll(async () => {
      opened = await open();
    });
    beforeEach((context) => {
      if ('skip' in opened) context.skip(opened.skip);
    });
    afterAll(async () => {
      if ('skip' in opened) return;
      for (const reference of made) await opened.removeImage(reference);
      await opened.close?.();
    });

    const subject = (): ImageBuilderUnderTest => {
      if ('skip' in opened) throw new Error('only inside a test');
      return opened;
    };
    const unique = () => randomBytes(6).toString('hex');
    const registryHere = (): RegistryUnderTest => {
      const { registry } = subject();
      if (typeof registry === 'string') throw new Error(`a builder that keeps no images needs a registry: ${registry}`);
      return registry;
    };
    const newName = (host = traits.keepsImages ? 'localhost' : registryHere().address): string => {
      const reference = `${host}/slipway-test/${unique()}:1`;
      made.push(reference);
      return reference;
    };
    /** @param lines the Dockerfile after its `FROM` */
    const buildOf = (
      lines: readonly string[],
      { references = [newName()], ...more }: Partial<ImageBuild> = {},
      files: readonly TreeEntry[] = [],
    ): ImageBuild => ({
      context: tarSource([
        ...files,
        { path: 'Dockerfile', content: [`FROM ${subject().base}`, ...lines, ''].join('\n') },
      ]),
      dockerfile: 'Dockerfile',
      references,
      args: [],
      secrets: new Map(),
      labels: {},
      pull: 'missing',
      baseImages: [subject().base],
      workload: { name: `contract-build-${unique()}`, labels: {} },
      // If the builder keeps no image, only the registry can show it.
      ...(!traits.keepsImages && {
        pushes: references.map((reference) => ({ reference, login: registryHere().login, insecure: true })),
      }),
      ...subject().common,
      ...more,
    });

    describe('finding and tagging', () => {
      const signal = new AbortController().signal;

      test('finds an image by its reference and its id, and gives it another name', async (context) => {
        if (!traits.keepsImages) return context.skip('this builder keeps no images');
        const { builder } = subject();
        const [reference, other] = [newName(), newName()];
        expect(await builder.find(reference, signal)).toEqual({ status: 'succeeded', value: undefined });
        const built = await builder.build(
          buildOf([`RUN echo ${unique()}`], { references: [reference] }),
          recordingWork().work,
        );
        if (built.status !== 'succeeded') throw new Error(JSON.stringify(built));
        const { id } = built.value;
        expect(await builder.find(reference, signal)).toMatchObject({ status: 'succeeded', value: { id } });
        expect(await builder.find(id, signal)).toMatchObject({ status: 'succeeded', value: { id } });
        expect(await builder.tag(id, other, signal)).toMatchObject({ status: 'succeeded' });
        expect(await builder.find(other, signal)).toMatchObject({ status: 'succeeded', value: { id } });
        expect(await subject().describeImage(other)).toBeDefined();
      });

      test('moves a name to another image', async (context) => {
        if (!traits.keepsImages) return context.skip('this builder keeps no images');
        const { builder } = subject();
        const [one, two] = [newName(), newName()];
        for (const reference of [one, two])
          await builder.build(buildOf([`RUN echo ${unique()}`], { references: [reference] }), recordingWork().work);
        const found = await builder.find(one, signal);
        expect(await builder.tag(one, two, signal)).toMatchObject({ status: 'succeeded' });
        expect(await builder.find(two, signal)).toEqual(found);
      });

      test('cannot tag a missing image', async () => {
        const code = traits.keepsImages ? 'image-unavailable' : 'unsupported';
        const tagged = await subject().builder.tag(`localhost/slipway-test/${unique()}:1`, newName(), signal);
        expect(tagged).toMatchObject({ status: 'failed', failure: { code } });
      });

      test('pulls nothing if no registry answers', async (context) => {
        const { builder } = subject();
        if (!builder.pull) return context.skip('this builder pulls no images');
        const missing = `127.0.0.1:9/slipway-test/${unique()}:1`;
        expect(await builder.pull(missing, recordingWork().work)).toEqual({ status: 'succeeded', value: undefined });
        const { work } = recordingWork(AbortSignal.abort(new Cancelled('user')));
        expect(await builder.pull(missing, work)).toMatchObject({ status: 'cancelled', because: 'user' });
      });

      test('finds nothing if it keeps no images', async (context) => {
        if (traits.keepsImages) return context.skip('this builder keeps images');
        expect(await subject().builder.find(subject().base, signal)).toEqual({ status: 'succeeded', value: undefined });
      });

      test('is cancelled by its signal', async (context) => {
        if (!traits.keepsImages) return context.skip('this builder keeps no images');
        const stopped = AbortSignal.abort(new Cancelled('user'));
        const cancelled = { status: 'cancelled', because: 'user' };
        expect(await subject().builder.find(subject().base, stopped)).toMatchObject(cancelled);
        expect(await subject().builder.tag(subject().base, newName(), stopped)).toMatchObject(cancelled);
      });
    });

    describe('building', () => {
      test('builds an image, prints the output, and observes each instruction', async () => {
        const word = unique();
        const build = buildOf([`RUN echo ${word}`]);
        const { work, text, observed } = recordingWork();
        const outcome = await subject().builder.build(build, work);
        if (outcome.status !== 'succeeded') throw new Error(`${JSON.stringify(outcome)}\n${text()}`);
        expect(outcome.value.id).toMatch(/^sha256:[0-9a-f]{64}$/);
        expect(text().split('\n')).toContain(word);
        expect(text()).toContain(`RUN echo ${word}`);
        expect(observed.filter(({ type }) => type === 'progress')).toContainEqual(
          traits.counts
            ? { type: 'progress', subject: `[2/2] RUN echo ${word}`, current: 2, total: 2 }
            : { type: 'progress', subject: `RUN echo ${word}`, current: 2 },
        );
        expect(await subject().describeImage(build.references[0] ?? '')).toContain(outcome.value.id);
      });

      test('gives the image every name and label', async () => {
        const references = [newName(), newName()];
        const { work } = recordingWork();
        const outcome = await subject().builder.build(
          buildOf(['COPY a /a'], { references, labels: { 'example.org/key': 'the value' } }, [
            { path: 'a', content: 'x' },
          ]),
          work,
        );
        expect(outcome.status).toBe('succeeded');
        for (const reference of references) expect(await subject().describeImage(reference)).toContain('the value');
      });

      test('copies files of the context and uses arguments', async () => {
        const { work, text } = recordingWork();
        const [word, who] = [unique(), unique()];
        const files = [
          { path: 'in', mode: 0o755 },
          { path: 'in/hello', content: `${word}\n` },
        ];
        const outcome = await subject().builder.build(
          buildOf(
            ['ARG WHO=nobody', 'COPY in/hello /hello', 'RUN cat /hello', 'RUN echo by-$WHO'],
            { args: [{ name: 'WHO', value: who }] },
            files,
          ),
          work,
        );
        expect(outcome.status).toBe('succeeded');
        expect(text().split('\n')).toEqual(expect.arrayContaining([word, `by-${who}`]));
      });

      test('accepts any name of the Dockerfile', async () => {
        const { work } = recordingWork();
        const context = tarSource([
          { path: 'build', mode: 0o755 },
          { path: 'build/image.docker', content: `FROM ${subject().base}\n` },
        ]);
        expect(
          (await subject().builder.build(buildOf([], { context, dockerfile: 'build/image.docker' }), work)).status,
        ).toBe('succeeded');
      });

      test('reports the exit code of a failed instruction', async () => {
        const word = unique();
        const { work, text } = recordingWork();
        const outcome = await subject().builder.build(buildOf([`RUN echo ${word}`, 'RUN exit 43']), work);
        expect(outcome).toEqual({
          status: 'failed',
          failure: { code: 'build-failed', detail: 'exit code 43: RUN exit 43' },
        });
        expect(text().split('\n')).toContain(word);
      });

      test('reports the message of the engine for an invalid Dockerfile', async () => {
        const { work } = recordingWork();
        const outcome = await subject().builder.build(buildOf(['RUNN exit 3']), work);
        expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'build-failed' } });
        expect(JSON.stringify(outcome)).toMatch(/unknown instruction/i);
      });

      test.each(['missing', 'always', 'never'] as const)(
        'reports a missing base image as unavailable (pull %s)',
        async (pull) => {
          const image = '127.0.0.1:1/nobody/has-this:1';
          const { work } = recordingWork();
          const context = tarSource([{ path: 'Dockerfile', content: `FROM ${image}\nRUN echo no\n` }]);
          const outcome = await subject().builder.build(buildOf([], { context, pull, baseImages: [image] }), work);
          expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'image-unavailable', image } });
        },
      );

      test.skipIf(!traits.keepsImages)('uses existing base images with `never`', async () => {
        expect(
          (await subject().builder.build(buildOf(['RUN echo x'], { pull: 'never' }), recordingWork().work)).status,
        ).toBe('succeeded');
      });

      test('rejects with the error of a broken context', async () => {
        const broken = new Error('the disk is broken');
        const whole = tarSource([{ path: 'Dockerfile', content: `FROM ${subject().base}\n` }]);
        const context = {
          async *open(...args: Parameters<typeof whole.open>): AsyncGenerator<Uint8Array, void, undefined> {
            for await (const chunk of whole.open(...args)) {
              yield chunk.subarray(0, 512);
              throw broken;
            }
          },
        };
        await expect(subject().builder.build(buildOf([], { context }), recordingWork().work)).rejects.toBe(broken);
      });

      test('accepts a big context', async () => {
        const content = randomBytes(24 * 1024 * 1024);
        const { work, text } = recordingWork();
        const outcome = await subject().builder.build(
          buildOf(['COPY big /big', 'RUN echo done-with-it'], {}, [{ path: 'big', content }]),
          work,
        );
        expect(outcome.status).toBe('succeeded');
        expect(text()).toContain('done-with-it');
      });
    });

    describe('opening', () => openingContract({ traits, subject, unique, buildOf }));

    describe('options', () => optionsContract({ traits, subject, unique, buildOf }));

    describe('cancelling', () => {
      test('stops a cancelled build completely', async () => {
        const stop = new AbortController();
        const { work, until } = recordingWork(stop.signal);
        // Numbers that no other build on this engine uses.
        const fraction = randomBytes(4).readUInt32BE();
        const [command, next] = [`sleep ${traits.stopsAtOnce ? 5_000 : 3}.${fraction}`, `sleep 5001.${fraction}`];
        const outcome = subject().builder.build(buildOf([`RUN echo now-it-runs; ${command}`, `RUN ${next}`]), work);
        await until('\nnow-it-runs');
        stop.abort(new Cancelled('user'));
        expect(await outcome).toEqual({ status: 'cancelled', because: 'user' });
        await expect.poll(async () => await subject().goesOn(command), { timeout: 20_000 }).toBe(false);
        expect(await subject().goesOn(next)).toBe(false);
      });

      test('does nothing if it is cancelled before it begins', async () => {
        const build = buildOf(['RUN echo x']);
        const outcome = await subject().builder.build(
          build,
          recordingWork(AbortSignal.abort(new Cancelled('siblingFailed'))).work,
        );
        expect(outcome).toEqual({ status: 'cancelled', because: 'siblingFailed' });
        expect(await subject().describeImage(build.references[0] ?? '')).toBeUndefined();
      });
    });

    test('looks for the Dockerfile only in the context, whatever its name', async () => {
      const dockerfile = '["/etc/hostname"]';
      const build = buildOf([], { dockerfile }, [
        { path: dockerfile, content: `FROM ${subject().base}\nRUN echo ${unique()}\n` },
      ]);
      expect((await subject().builder.build(build, recordingWork().work)).status).toBe('succeeded');
    });

    describe('secrets', () => {
      const value = `hidden-${unique()}`;
      test.skipIf(!traits.secrets)(
        'are visible to the instruction that mounts them, and not in the image',
        async () => {
          const { work, text } = recordingWork();
          const build = buildOf(
            [
              'COPY . /all',
              `RUN echo ${unique()}`,
              'RUN --mount=type=secret,id=TOKEN cat /run/secrets/TOKEN',
              'RUN ls -a /all',
            ],
            {
              secrets: new Map([
                ['TOKEN', value],
                ['OTHER', 'unused'],
              ]),
            },
          );
          const outcome = await subject().builder.build(build, work);
          expect(outcome.status).toBe('succeeded');
          expect(text()).toContain(value);
          expect(text()).toMatch(/^Dockerfile$/m);
          expect(text()).not.toContain('secret-');
          expect(await subject().describeImage(build.references[0] ?? '')).not.toContain(value);
        },
      );
      test.skipIf(traits.secrets)('are refused', async () => {
        const outcome = await subject().builder.build(
          buildOf(['RUN echo x'], { secrets: new Map([['TOKEN', value]]) }),
          recordingWork().work,
        );
        expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'unsupported' } });
      });
    });

    describe('pushing', () => {
      let registry: RegistryUnderTest;
      beforeEach((context) => {
        const here = subject().registry;
        if (typeof here === 'string') context.skip(here);
        else registry = here;
      });
      /** Builds an image and pushes it, in the builder's order. */
      const buildAndPush = async (
        login: RegistryLogin | 'anonymous',
        work: Work,
        host = registry.address,
      ): Promise<{ reference: string; outcome: Outcome<PushedImage> }> => {
        const reference = newName(host);
        const push: ImagePush = { reference, login, insecure: true };
        const built = await subject().builder.build(
          buildOf([`RUN echo ${reference}`], {
            references: [reference],
            ...(!traits.keepsImages && { pushes: [push] }),
          }),
          work,
        );
        if (traits.keepsImages) expect(built.status).toBe('succeeded');
        return { reference, outcome: built.status === 'succeeded' ? await subject().builder.push(push, work) : built };
      };
      const repositoryOf = (reference: string) => reference.slice(registry.address.length + 1).replace(/:1$/, '');

      test.each<[string, () => RegistryLogin]>([
        ['a name and a password', () => registry.login],
        ['a Docker configuration', () => ({ config: registry.config })],
      ])('with %s returns the digest of the registry', async (_, login) => {
        const { work, observed } = recordingWork();
        const { reference, outcome } = await buildAndPush(login(), work);
        const digest = await registry.digest(repositoryOf(reference), '1');
        expect(outcome).toEqual({ status: 'succeeded', value: { digest } });
        expect(digest).toMatch(/^sha256:/);
        expect(observed).toContainEqual({ type: 'image.pushed', image: reference, digest });
        expect(observed).toContainEqual({ type: 'image.pushing', image: reference });
      });

      test.each<[string, () => RegistryLogin | 'anonymous']>([
        ['nobody', () => 'anonymous'],
        ['a wrong password', () => ({ ...registry.login, password: 'wrong' })],
        [
          'a configuration without this registry',
          () => ({ config: '{"auths":{"elsewhere.example":{"auth":"eDp5"}}}' }),
        ],
      ])('fails if the registry refuses %s', async (_, login) => {
        const { reference, outcome } = await buildAndPush(login(), recordingWork().work);
        expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'push-failed', image: reference } });
        expect(await registry.digest(repositoryOf(reference), '1')).toBeUndefined();
      });

      test('reports progress so that the log keeps the first and the last of a burst', async () => {
        const { work, observed } = recordingWork();
        const reference = newName(registry.address);
        const push: ImagePush = { reference, login: registry.login, insecure: true };
        const build = buildOf(
          ['COPY big /big'],
          { references: [reference], ...(!traits.keepsImages && { pushes: [push] }) },
          [{ path: 'big', content: randomBytes(8 * 1024 * 1024) }],
        );
        expect((await subject().builder.build(build, work)).status).toBe('succeeded');
        expect((await subject().builder.push(push, work)).status).toBe('succeeded');
        const facts = observed.filter((fact) => fact.type === 'image.pushing');
        const stored: Observation[] = [];
        const pacer = new ProgressPacer(new ManualClock(), ({ fact }) => void stored.push(fact));
        for (const fact of facts) pacer.pace({ type: 'step.observed', step: '1.1.1' as StepId, attempt: 1, fact });
        pacer.flushAll();
        expect(stored).toEqual(facts.length < 2 ? facts : [facts[0], facts.at(-1)]);
        for (const { current = 0, total = 0 } of facts) expect(current).toBeLessThanOrEqual(total);
      });

      test('cannot push a missing image', async () => {
        const reference = newName(registry.address);
        const outcome = await subject().builder.push(
          { reference, login: registry.login, insecure: true },
          recordingWork().work,
        );
        expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'push-failed', image: reference } });
      });

      test('fails if no registry answers', async () => {
        const { reference, outcome } = await buildAndPush('anonymous', recordingWork().work, '127.0.0.1:1');
        expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'push-failed', image: reference } });
      });
    });
  });
}
