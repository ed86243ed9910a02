import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { it as base } from '../../test/rigs/command-line.ts';
import { goodStory } from '../../test/rigs/short-stories.ts';
import type { DeployRequest } from '../engine/deploy-request.ts';

/** A folder with a `skaffold.yaml`, where `run` deploys. */
const it = base.extend<{ project: string }>({
  project: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-deploy-flags-'));
    writeFileSync(join(folder, 'skaffold.yaml'), 'kind: Config\n');
    writeFileSync(join(folder, 'all.yaml'), '');
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
});

const commands: readonly (readonly string[])[] = [['deploy'], ['apply', 'all.yaml'], ['delete'], ['run']];

describe('flags of deploys', () => {
  it.for<readonly [readonly string[], Partial<DeployRequest>]>([
    [['-n', 'team'], { namespace: 'team' }],
    [['-n=team'], { namespace: 'team' }],
    [['-nteam'], { namespace: 'team' }],
    [['--namespace=team'], { namespace: 'team' }],
    [['-l', 'a=b', '--label=x.io/c=d'], { labels: { a: 'b', 'x.io/c': 'd' } }],
    [['-l', 'a=b,c=d'], { labels: { a: 'b', c: 'd' } }],
    [['-l=a=b'], { labels: { a: 'b' } }],
    [['-l', 'a'], { labels: { a: '' } }],
    [['--on', 'docker'], { on: ['docker'] }],
    [['--on', 'kubernetes:prod'], { on: ['kubernetes:prod'] }],
    [
      ['-i', 'app=app:1,web:2'],
      {
        images: [
          { name: 'app', reference: 'app:1', testMustName: true },
          { reference: 'web:2', testMustName: true },
        ],
      },
    ],
    [['--set', 'a=1,b=2', '--set=a=3'], { parameters: { a: '3', b: '2' } }],
    [['-i=app=app:1'], { images: [{ name: 'app', reference: 'app:1', testMustName: true }] }],
  ])('%j ask for %j', async ([flags, expected], { services, slipway, project }) => {
    services.story = goodStory();
    const { stderr } = await slipway(['-C', project, 'deploy', ...flags]);
    expect(stderr).toBe('');
    expect(services.requested).toMatchObject({ build: { deploy: expected } });
  });

  it('takes parameters from a file, which --set overrides', async ({ services, slipway, project }) => {
    services.story = goodStory();
    writeFileSync(join(project, 'values.env'), 'a=1\nb="two words"\n');
    const file = join(project, 'values.env');
    await slipway(['-C', project, 'deploy', '--set-value-file', file, '--set', 'a=3']);
    expect(services.requested).toMatchObject({ build: { deploy: { parameters: { a: '3', b: 'two words' } } } });
    services.environment = { SKAFFOLD_SET: 'a=4', SKAFFOLD_SET_VALUE_FILE: file };
    await slipway(['-C', project, 'deploy']);
    expect(services.requested).toMatchObject({ build: { deploy: { parameters: { a: '4', b: 'two words' } } } });
  });

  it.for<readonly [readonly string[], string]>([
    [['-t=v1'], 'v1'],
    [['-tv1'], 'v1'],
  ])('%j give the tag %s', async ([flags, tag], { services, slipway, project }) => {
    services.story = goodStory();
    await slipway(['-C', project, 'deploy', ...flags]);
    expect(services.requested).toMatchObject({ build: { tag } });
  });

  it.for<readonly [readonly string[], Readonly<Record<string, string>>, string]>([
    [['-n', '--dry-run'], {}, '--namespace requires a value, but `--dry-run` is a flag'],
    [['-n', '-q'], {}, '--namespace requires a value, but `-q` is a flag'],
    [['-n', '--dry-rnu'], {}, '--namespace requires a value, but `--dry-rnu` is a flag'],
    [['-n', '-x'], {}, '--namespace -x: `-x` cannot be the name of a namespace'],
    [['-n', ''], {}, '--namespace is empty'],
    [['-n', 'Team'], {}, '--namespace Team: `Team` cannot be the name of a namespace'],
    [['-n', 'a.b'], {}, '--namespace a.b: `a.b` cannot be the name of a namespace'],
    [['-n', 'a'.repeat(64)], {}, 'cannot be the name of a namespace'],
    [[], { SKAFFOLD_NAMESPACE: 'a_b' }, 'SKAFFOLD_NAMESPACE a_b: `a_b` cannot be the name of a namespace'],
    [['-p', '--dry-run'], {}, '--profile requires a value, but `--dry-run` is a flag'],
    [['--kube-context', '--dry-run'], {}, '--kube-context requires a value, but `--dry-run` is a flag'],
    [['--on', 'host'], {}, '--on host: nothing can be deployed to `host`'],
    [['--on', 'fake'], {}, '--on fake: nothing can be deployed to `fake`'],
    [['--on', 'docker,kubernetes'], {}, '--on docker,kubernetes: a deploy goes to one place'],
    [['--on', 'kubernetes:a,kubernetes:b'], {}, '--on kubernetes:a,kubernetes:b: a deploy goes to one place'],
  ])('%j with %j is a mistake of every command', async ([flags, env, said], { services, slipway, project }) => {
    services.environment = env;
    for (const command of commands) {
      const { code, stderr } = await slipway(['-C', project, ...command, ...flags], (host) => (host.cwd = project));
      expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    }
    expect(services.requested).toBeUndefined();
  });

  it.for<readonly [readonly string[], Readonly<Record<string, string>>, string]>([
    [['-t', '--dry-run'], {}, '--tag requires a value, but `--dry-run` is a flag'],
    [['-t', '-x'], {}, '--tag -x: `-x` cannot be a tag'],
    [['-t', 'a/b'], {}, '--tag a/b: `a/b` cannot be a tag'],
    [[], { SKAFFOLD_TAG: 'a b' }, 'SKAFFOLD_TAG a b: `a b` cannot be a tag'],
    [['-d', '-x'], {}, '--default-repo -x: `-x` cannot be a repository'],
    [[], { SKAFFOLD_DEFAULT_REPO: '-x' }, 'SKAFFOLD_DEFAULT_REPO -x: `-x` cannot be a repository'],
    [['-l', '-x=1'], {}, '--label -x=1: `-x` cannot be the name of a label'],
    [['-l', 'a=-1'], {}, '--label a=-1: `-1` cannot be the value of a label'],
    [[], { SKAFFOLD_LABEL: 'a b' }, 'SKAFFOLD_LABEL a b: `a b` cannot be the name of a label'],
    [['-i', '=app:1'], {}, '--images =app:1: must be NAME=REFERENCE or a reference'],
    [['-l', '=b'], {}, '--label =b: `` cannot be the name of a label'],
    [['--set', 'a'], {}, '--set `a`: write NAME=VALUE'],
    [[], { SKAFFOLD_SET: 'a' }, 'SKAFFOLD_SET `a`: write NAME=VALUE'],
    [['--set-value-file', 'none.env'], {}, '--set-value-file: cannot read'],
    [['-c', '--push'], {}, '--config requires a value, but `--push` is a flag'],
  ])('%j with %j is a mistake', async ([flags, env, said], { services, slipway, project }) => {
    services.environment = env;
    const { code, stderr } = await slipway(['-C', project, 'deploy', ...flags]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    expect(services.requested).toBeUndefined();
  });

  it('says how to give a value that begins with a minus', async ({ slipway, project }) => {
    const { stderr } = await slipway(['-C', project, 'deploy', '-c', '--x']);
    expect(stderr).toContain('if it is the value: --config=--x');
  });

  it('takes SLIPWAY_ON for a place only if something can be deployed there', async ({ slipway, project }) => {
    const { code, stderr } = await slipway(['-C', project, 'deploy'], ({ env }) => (env['SLIPWAY_ON'] = 'docker,host'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('SLIPWAY_ON docker,host: nothing can be deployed')]);
  });

  it.for(['r.example', 'localhost:5000', 'r.example/team/', ''])(
    'moves images to %j',
    async (repository, { services, slipway, project }) => {
      services.story = goodStory();
      const { stderr } = await slipway(['-C', project, 'deploy', '-d', repository]);
      expect(stderr).toBe('');
    },
  );
});
