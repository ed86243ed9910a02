/**
 * Several artifacts at once: the status of each is true at every moment of the build, and each has one result
 * (docs/cli.md, "build").
 */
import { describe, expect, it } from 'vitest';
import type { BuildResult } from '../../src/events/build-results.ts';
import { isEnd } from '../../src/model/status.ts';
import { engines } from '../rigs/engines.ts';
import { resultsAfterEach, skaffoldWorld } from '../rigs/skaffold-world.ts';

type Statuses = Readonly<Record<string, BuildResult['status']>>;

/** A build that engines can cancel: Podman only stops between instructions. */
const seconds = (count: number) => Array.from({ length: count }, (_, i) => `RUN sleep 1; echo ${i} WORD`).join('\n');

const files = (slow: number) => ({
  'fast/Dockerfile': 'FROM BASE\nRUN echo fast WORD\n',
  'failing/Dockerfile': 'FROM BASE\nRUN echo failing WORD; exit 43\n',
  'slow/Dockerfile': `FROM BASE\nRUN echo slow WORD\n${seconds(slow)}\n`,
  'dependent/Dockerfile': 'ARG FAILING\nFROM ${FAILING}\nRUN echo dependent WORD\n',
});

const names = ['fast', 'failing', 'slow', 'dependent'] as const;

describe.each(engines)('four artifacts on $name', (engine) => {
  const test = it.skipIf(engine.host === undefined);

  const open = async (slow: number, failingNeeds: readonly string[] = []) =>
    await skaffoldWorld(
      engine,
      (name) => ({
        build: {
          tagPolicy: { envTemplate: { template: 'v1' } },
          artifacts: names.map((image) => ({
            image: name(image),
            context: image,
            ...(image === 'dependent' && { requires: [{ image: name('failing'), alias: 'FAILING' }] }),
            ...(image === 'failing' && { requires: failingNeeds.map((need) => ({ image: name(need), alias: 'X' })) }),
          })),
        },
      }),
      files(slow),
    );

  const byName = (results: readonly BuildResult[]): Statuses =>
    Object.fromEntries(results.map(({ image, status }) => [image.slice(image.lastIndexOf('/') + 1), status]));

  /** Each status only goes forward. */
  function expectForward(states: readonly Statuses[]): void {
    const order = ['notStarted', 'inProgress'];
    for (const [i, state] of states.entries())
      for (const name of names) {
        const before = states[i - 1]?.[name];
        if (before === undefined || before === state[name]) continue;
        expect(isEnd(before)).toBe(false);
        if (!isEnd(state[name]!)) expect(order.indexOf(state[name]!)).toBeGreaterThan(order.indexOf(before));
      }
  }

  const most = (states: readonly Statuses[]) =>
    Math.max(...states.map((state) => names.filter((name) => state[name] === 'inProgress').length));

  test.each([1, 2, 0])('each ends on its own at --build-concurrency %i', async (concurrency) => {
    await using world = await open(5);
    await using build = world.build('--build-concurrency', `${concurrency}`);
    await build.until(new RegExp(`slow ${world.word}`));
    // The results, while the build runs.
    await using follow = world.cli('events', 'latest', '--follow', '--output', 'json');
    const shown = JSON.parse((await world.cli('show', 'latest', '--output', 'json').exits(0)).stdout) as {
      iterations: { stages: { steps: { name: string; status: BuildResult['status'] }[] }[] }[];
    };
    const now = shown.iterations[0]?.stages[0]?.steps.map(({ name, status }) => ({ image: name, status })) ?? [];
    expect(byName(now)).toMatchObject({
      slow: 'inProgress',
      dependent: expect.stringMatching(/^(?:notStarted|skipped)$/) as string,
    });
    await build.exits(1);
    const states = resultsAfterEach((await follow.exits(0)).stdout).filter((results) => results.length > 0);
    const statuses = states.map((results) => byName(results));
    expectForward(statuses);
    for (const results of states) expect(results.map(({ image }) => image)).toEqual(names.map(world.name));
    expect(statuses.map(({ dependent }) => dependent)).not.toContain('inProgress');
    // The fast one is known to have succeeded while the slow one is still being built.
    expect(statuses).toContainEqual(expect.objectContaining({ fast: 'succeeded', slow: 'inProgress' }));
    expect(statuses).toContainEqual(expect.objectContaining({ failing: 'failed', slow: 'inProgress' }));
    expect(statuses).toContainEqual(expect.objectContaining({ dependent: 'skipped', slow: 'inProgress' }));
    expect(most(statuses)).toBe(concurrency === 0 ? 3 : concurrency);
    expect(states.at(-1)).toMatchObject([
      { image: world.name('fast'), status: 'succeeded', reference: `${world.name('fast')}:v1` },
      { image: world.name('failing'), status: 'failed', failure: { code: 'build-failed' } },
      { image: world.name('slow'), status: 'succeeded', reference: `${world.name('slow')}:v1` },
      { image: world.name('dependent'), status: 'skipped', because: 'dependencyFailed' },
    ]);
    expect(await world.tags()).toEqual([`${world.name('fast')}:v1`, `${world.name('slow')}:v1`].sort());
  });

  test.each([1, 2, 0])(
    'a failure cancels the others with --fail-fast at --build-concurrency %i',
    async (concurrency) => {
      await using world = await open(30, ['fast']);
      const { results, builds } = await world.json(1, '--fail-fast', '--build-concurrency', `${concurrency}`);
      expect(results).toMatchObject([
        { image: world.name('fast'), status: 'succeeded' },
        { image: world.name('failing'), status: 'failed', failure: { code: 'build-failed' } },
        { image: world.name('slow'), status: 'cancelled', because: 'siblingFailed' },
        { image: world.name('dependent'), status: 'cancelled', because: 'siblingFailed' },
      ]);
      expect(builds).toEqual([{ imageName: world.name('fast'), tag: `${world.name('fast')}:v1` }]);
      const { stdout } = await world.cli('events', 'latest', '--output', 'json').exits(0);
      const statuses = resultsAfterEach(stdout)
        .filter((found) => found.length > 0)
        .map((found) => byName(found));
      expectForward(statuses);
      expect(statuses.map(({ dependent }) => dependent)).not.toContain('inProgress');
      if (concurrency === 1) expect(statuses.map(({ slow }) => slow)).not.toContain('inProgress');
      expect(most(statuses)).toBe(concurrency === 0 ? 2 : concurrency);
      expect(await world.tags()).toEqual([`${world.name('fast')}:v1`]);
    },
  );

  test('has one result for each with --output json', async () => {
    await using world = await open(1);
    const { results } = await world.json(1);
    expect(byName(results)).toEqual({
      fast: 'succeeded',
      failing: 'failed',
      slow: 'succeeded',
      dependent: 'skipped',
    });
    expect(results).toHaveLength(names.length);
  });
});
