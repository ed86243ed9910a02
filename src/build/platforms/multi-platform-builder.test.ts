import { describe, expect, it } from 'vitest';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { ArtifactBuild, BuiltArtifact } from '../builder.ts';
import { multiPlatformBuilder, type PlatformImage } from './multi-platform-builder.ts';

/** A builder that records what it gets. */
function world(result: (build: ArtifactBuild) => Outcome<BuiltArtifact> = pushed) {
  const builds: ArtifactBuild[] = [];
  const builders: (string | undefined)[] = [];
  const indexes: (readonly [string, readonly PlatformImage[]])[] = [];
  const recorded = recordingWork();
  const builder = multiPlatformBuilder<unknown>({
    machine: 'linux/amd64',
    builderOf: (platform) => {
      builders.push(platform);
      return {
        build: async (build) => {
          builds.push(build);
          return await Promise.resolve(result(build));
        },
      };
    },
    pushIndex: async (reference, images) => {
      indexes.push([reference, images]);
      return await Promise.resolve(succeeded('sha256:index'));
    },
  });
  const build = async (more: Partial<ArtifactBuild>) =>
    await builder.build(
      { ...{ image: 'app', reference: 'r/app:1', context: '/app', requires: [], platforms: [], options: {} }, ...more },
      recorded.work,
    );
  return { build, builds, builders, indexes, observed: recorded.observed };
}

const pushed = ({ reference }: ArtifactBuild) => succeeded({ id: 'sha256:id', digest: `sha256:${reference}` });
const push = { insecure: false };
const two = ['linux/amd64', 'linux/arm64'];

describe('a build for several platforms', () => {
  it('pushes an image for each, and an index of them', async () => {
    const { build, builds, builders, indexes, observed } = world();
    expect(await build({ platforms: two, push })).toEqual(succeeded({ digest: 'sha256:index' }));
    expect(builders).toEqual(two);
    expect(builds).toMatchObject([
      { reference: 'r/app:1_linux_amd64', platforms: ['linux/amd64'], push },
      { reference: 'r/app:1_linux_arm64', platforms: ['linux/arm64'], push },
    ]);
    expect(indexes).toEqual([
      [
        'r/app:1',
        two.map((platform) => {
          const reference = `r/app:1_${platform.replace('/', '_')}`;
          return { platform, reference, digest: `sha256:${reference}` };
        }),
      ],
    ]);
    expect(observed).toEqual([
      { type: 'progress', subject: 'linux/amd64', current: 1, total: 2 },
      { type: 'progress', subject: 'linux/arm64', current: 2, total: 2 },
      { type: 'image.pushed', image: 'r/app:1', digest: 'sha256:index' },
    ]);
  });

  it('stops at the first failure, without an index', async () => {
    const failure = failed({ code: 'build-failed', detail: 'no' });
    const { build, builds, indexes } = world(() => failure);
    expect(await build({ platforms: two, push })).toEqual(failure);
    expect([builds.length, indexes.length]).toEqual([1, 0]);
  });

  it.each<[string, readonly BuiltArtifact['cache'][], BuiltArtifact['cache']]>([
    ['a hit if all are', [{ hit: true }, { hit: true }], { hit: true }],
    [
      'the first miss',
      [{ hit: true }, { missed: 'a changed' }],
      { missed: 'linux/arm64: a changed', reasons: ['linux/arm64: a changed'] },
    ],
    [
      'the reasons of all',
      [{ missed: 'a changed and 1 more', reasons: ['a changed', 'b changed'] }, { missed: 'c changed' }],
      {
        missed: 'linux/amd64: a changed and 1 more',
        reasons: ['linux/amd64: a changed', 'linux/amd64: b changed', 'linux/arm64: c changed'],
      },
    ],
    ['unknown if one is', [{ hit: true }, undefined], undefined],
  ])('has the result of the cache: %s', async (_, caches, expected) => {
    const left = [...caches];
    const { build } = world((one) => {
      const cache = left.shift();
      return succeeded({ digest: `sha256:${one.reference}`, ...(cache && { cache }) });
    });
    const built = await build({ platforms: two, push });
    expect(built.status === 'succeeded' && built.value.cache).toEqual(expected);
  });
});

describe('a build for one platform', () => {
  it.each([[[]], [['linux/arm64']]])('is as it was: %j', async (platforms) => {
    const { build, builds, builders, indexes } = world();
    expect(await build({ platforms, push })).toMatchObject({ value: { id: 'sha256:id' } });
    expect(builders).toEqual([undefined]);
    expect(builds).toMatchObject([{ reference: 'r/app:1', platforms }]);
    expect(indexes).toEqual([]);
  });
});

describe('a required image of several platforms', () => {
  const requires = [
    { alias: 'BASE', reference: 'r/base:1', platforms: two },
    { alias: 'OTHER', reference: 'r/other:1' },
  ];
  const aliases = (builds: readonly ArtifactBuild[]) =>
    builds.map((build) => build.requires.map(({ reference }) => reference));

  it.each<[readonly string[], readonly string[]]>([
    [two, ['r/base:1_linux_amd64', 'r/base:1_linux_arm64']],
    [['linux/arm64'], ['r/base:1_linux_arm64']],
    [[], ['r/base:1_linux_amd64']],
    [['linux/s390x'], ['r/base:1']],
  ])('is that of the platform: %j', async (platforms, expected) => {
    const { build, builds } = world();
    await build({ platforms, push, requires });
    expect(aliases(builds)).toEqual(expected.map((base) => [base, 'r/other:1']));
  });
});
