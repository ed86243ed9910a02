import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import { plannedOf, RunStory } from '../../../test/rigs/run-story.ts';
import { failedStory, goodStory } from '../../../test/rigs/short-stories.ts';
import type { PlannedStage } from '../../model/plan.ts';
import { StoreError } from '../../store/store.ts';
import type { StartRequest } from '../../runs/run-service.ts';

describe('run', () => {
  it('takes `..` behind a link as a shell that has gone there does', async ({ services, slipway }) => {
    services.story = goodStory();
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'slipway-cli-')));
    try {
      await mkdir(join(folder, 'repo', 'app'), { recursive: true });
      await symlink(join(folder, 'repo', 'app'), join(folder, 'link'));
      await slipway(['-C', join(folder, 'link'), 'run', '--root', '..']);
      expect(services.requested).toMatchObject({ path: join(folder, 'repo', 'app'), root: join(folder, 'repo') });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('hands over what was asked for', async ({ services, slipway }) => {
    services.story = goodStory();
    const folder = await mkdtemp(join(tmpdir(), 'slipway-cli-'));
    try {
      await writeFile(join(folder, 'secret'), 'hush\n');
      const argv = [
        '-C',
        '/other',
        'run',
        'app',
        '-s',
        'test',
        '--stage',
        'build',
        '--step',
        'unit',
        '-e',
        'prod',
        '-i',
        'a=1=2',
        '-i',
        `b=@${folder}/secret`,
        '-i',
        'c=@@x',
      ];
      await slipway([
        ...argv,
        '--on',
        'docker,host,docker',
        '--jobs',
        '3',
        '--pull',
        'never',
        '--keep-failed',
        '--no-gitignore',
        '--root',
        '..',
        '--build-id',
        '7',
        '--project-id',
        'shop',
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(services.requested).toEqual({
      path: '/other/app',
      root: '/',
      stages: ['test', 'build'],
      steps: ['unit'],
      environment: 'prod',
      inputs: [
        { name: 'a', value: '1=2', from: 'argument' },
        { name: 'b', value: 'hush', from: 'file' },
        { name: 'c', value: '@x', from: 'argument' },
      ],
      buildId: '7',
      projectId: 'shop',
      on: ['docker', 'host'],
      jobs: 3,
      pull: 'never',
      keepFailed: true,
      gitIgnore: false,
    });
  });

  it.for<[Record<string, string>, { readonly on?: string }, readonly string[]]>([
    [{}, {}, ['docker']],
    [{ SLIPWAY_ON: 'host' }, {}, ['host']],
    [{ SLIPWAY_ON: 'host' }, { on: 'docker' }, ['docker']],
  ])('runs where %j and %j say', async ([env, flags, on], { services, slipway }) => {
    services.story = goodStory();
    await slipway(['run', ...(flags.on !== undefined ? ['--on', flags.on] : [])], (host) =>
      Object.assign(host.env, env),
    );
    expect((services.requested as StartRequest).on).toEqual(on);
  });

  it.for([
    ['succeeded', undefined, 0],
    ['skipped', undefined, 0],
    ['failed', undefined, 1],
    ['failed', 'configuration', 2],
    ['failed', 'runtime', 3],
    ['cancelled', 'user', 130],
  ] as const)(
    'that ends %s because of %s exits with the code for it',
    async ([status, because, code], { services, slipway }) => {
      services.story = new RunStory().begin().end(status, because);
      expect((await slipway(['run'])).code).toBe(code);
      expect(services.disposed).toBe(1);
    },
  );

  it('says every event with --output json', async ({ services, slipway }) => {
    services.story = goodStory();
    const { stdout } = await slipway(['run', '--output', 'json']);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map((event) => event.type)).toEqual(services.story.events.map((event) => event.type));
    expect(events.filter((event) => event.type === 'output')).toEqual([
      expect.objectContaining({ text: 'one\ntwo\nthree' }),
      expect.objectContaining({ base64: '/wo=' }),
    ]);
  });

  it('is silent on success with --quiet, and not on failure', async ({ services, slipway }) => {
    services.story = goodStory();
    expect((await slipway(['run', '-q'])).stdout).toBe('');
    services.story = failedStory();
    expect((await slipway(['run', '-q'])).stdout).toContain('exit code 3');
  });

  it('exits 3 and says why when the log cannot be written', async ({ services, slipway }) => {
    services.story = new RunStory().begin();
    services.until = Promise.reject(new StoreError('disk-full', 'no space left', 'make room'));
    services.until.catch(() => undefined);
    const { code, stderr } = await slipway(['run']);
    expect([code, stderr]).toEqual([3, 'error: the run was stopped: no space left\n  make room\n']);
  });

  it('is offered the host only where somebody can answer', async ({ services, slipway }) => {
    services.story = goodStory();
    await slipway(['run']);
    expect(services.interaction?.confirmHost).toBeUndefined();
    const { host } = await slipway(['run'], (one) => {
      one.stdin.isTerminal = true;
      one.stderr.isTerminal = true;
      one.answers.push('yes');
    });
    const ask = services.interaction?.confirmHost;
    expect(
      await ask?.([
        { status: 'unavailable', looked: [{ where: 'DOCKER_HOST', result: 'nobody there' }], advice: ['start it'] },
      ]),
    ).toBe(true);
    expect(host.stderr.text).toContain('DOCKER_HOST: nobody there');
    expect(await ask?.([])).toBe(false);
  });

  it('shows the plan with --dry-run and starts nothing', async ({ services, slipway }) => {
    services.pipeline = {
      diagnostics: [],
      value: {
        name: 'shop',
        directory: '/home/me/shop',
        file: '.wharf-ci.yml',
        environments: [],
        ...planned(plannedOf(goodStory())),
      },
    };
    const text = await slipway(['run', '--dry-run']);
    expect([text.code, text.stdout]).toEqual([
      0,
      'shop\n\ntest   2 steps\n  unit  node:22-alpine  1 command\n      $ npm test\n  lint  node:22-alpine  1 command\n      $ npm test\n',
    ]);
    const json = await slipway(['run', '--dry-run', '--output', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      pipeline: { name: 'shop', stages: [{ name: 'test' }] },
      diagnostics: [],
    });
    expect((await slipway(['run', '--dry-run=client'])).stdout).toBe(text.stdout);
    services.pipeline = { diagnostics: [{ code: 'W012', severity: 'error', message: 'wrong' }] };
    const refused = await slipway(['run', '--dry-run']);
    expect(refused.code).toBe(2);
    expect(refused.stdout).toMatch(/exit 2\n$/);
    expect(services.calls).not.toContain('start');
  });
});

function planned(stages: readonly PlannedStage[]) {
  return { plan: { stages }, filled: () => ({ stages }) };
}
