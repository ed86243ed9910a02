import { expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import { storyStart } from '../../../test/rigs/run-story.ts';
import { goodStory } from '../../../test/rigs/short-stories.ts';

it.for<[readonly string[], object]>([
  [[], { cautious: true, maxAgeMs: 2_592_000_000, maxRunsPerProject: 200, maxBytes: 10_000_000_000 }],
  [['--keep', '0'], { maxRunsPerProject: 0 }],
  [
    ['--older-than', '1h', '--max-size', '1GB', '--dry-run'],
    { maxAgeMs: 3_600_000, maxBytes: 1_000_000_000, dryRun: true },
  ],
])('prune %j', async ([argv, policy], { services, slipway }) => {
  await slipway(['prune', ...argv]);
  expect(services.calls).toContain(`prune ${JSON.stringify({ now: storyStart, ...policy })}`);
});

it('prune of named runs removes only these', async ({ services, slipway }) => {
  const id = await services.tell(goodStory());
  await slipway(['prune', '1']);
  expect(services.calls).toContain(`prune ${JSON.stringify({ now: storyStart, runs: [id] })}`);
});

it('prune names the projects of what it removes', async ({ services, slipway }) => {
  const [shop, api] = [await services.tell(goodStory()), await services.tell(goodStory())];
  services.removed = [
    { run: shop, number: 1, project: '/shop', bytes: 10 },
    { run: api, number: 1, project: '/api', bytes: 20 },
  ];
  const { stdout } = await slipway(['prune']);
  expect(stdout).toContain(`removed #1 of /shop  ${shop}  10 B\nremoved #1 of /api  ${api}  20 B\n`);
});

it('prune says of a named run that it stays', async ({ services, slipway }) => {
  await services.tell(goodStory());
  const { code, stderr } = await slipway(['prune', '1']);
  expect([code, stderr]).toEqual([2, 'run 1 is still running and is kept; to cancel it: slipway cancel 1\n']);
});

it('prune says what stays of runs that it removes, and what removes that', async ({ services, slipway }) => {
  const run = await services.tell(goodStory());
  const pod = (name: string, context: string) => ({
    run,
    number: 7,
    project: '/shop',
    name,
    runtime: 'kubernetes',
    cluster: { context, server: 'https://c', namespace: 'ci' },
  });
  services.staying = [
    pod('slipway-a', 'dev'),
    pod('slipway-b', 'prod'),
    pod('slipway-c', 'dev'),
    { run, number: 8, project: '/shop', name: 'slipway-d', runtime: 'docker' },
  ];
  const { stdout } = await slipway(['prune']);
  const [dev = '', prod = '', docker = ''] = stdout.split('\n\n').slice(1);
  expect(dev).toContain(`doctor --clean ${run} --on kubernetes --kube-context dev\n`);
  expect(dev).toMatch(/slipway-a, #7 of \/shop.*ci\n.*slipway-c/);
  expect(prod).toMatch(/--kube-context prod\n.*slipway-b/);
  expect(docker).toContain(`doctor --clean ${run} --on docker `);
  expect(docker).toContain('slipway-d, #8 of /shop');
});

it('prune refuses invalid values of its variables, all at once', async ({ services, slipway }) => {
  const { code, stderr } = await slipway(['prune'], (host) =>
    Object.assign(host.env, { SLIPWAY_KEEP_AGE: 'soon', SLIPWAY_KEEP_RUNS: 'many' }),
  );
  expect(code).toBe(2);
  expect(stderr).toContain('SLIPWAY_KEEP_AGE is `soon`');
  expect(stderr).toContain('SLIPWAY_KEEP_RUNS is `many`');
  expect(services.calls.filter((call) => call.startsWith('prune'))).toEqual([]);
});
