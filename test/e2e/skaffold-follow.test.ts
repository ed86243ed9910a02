/** `slipway run --tail` of a `skaffold.yaml`: the output of what it deployed, on a real cluster and on real engines. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { baseImage, engines } from '../rigs/engines.ts';
import { projectDir, type ProjectDir } from '../rigs/project-dir.ts';
import { runCli, type CliRun } from '../rigs/run-cli.ts';
import { openTestCluster } from '../rigs/test-cluster.ts';

const count = 'i=0; while [ $i -lt 100000 ]; do echo line $i of $HOSTNAME; i=$((i+1)); sleep 0.2; done';
/** The first process ends soon. Later ones see its file. */
const restarting =
  'if [ -e /data/seen ]; then echo second life; sleep 1000; fi; touch /data/seen; echo first life; sleep 3; exit 1';

const shell = (script: string) => ({ image: baseImage, command: ['sh', '-c', script] });

/** Two pods, each with an init container, one that counts, and one that restarts once. */
const deployment = {
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        terminationGracePeriodSeconds: 1,
        initContainers: [{ name: 'setup', ...shell('echo preparing') }],
        containers: [
          { name: 'counter', ...shell(count) },
          { name: 'side', ...shell(restarting), volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        ],
        volumes: [{ name: 'data', emptyDir: {} }],
      },
    },
  },
};

interface World extends AsyncDisposable {
  readonly cli: (...args: readonly string[]) => CliRun;
  readonly on: string;
}

async function worldOn(
  on: string,
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<World> {
  const project: ProjectDir = await projectDir({
    'skaffold.yaml': JSON.stringify({
      ...{ apiVersion: 'skaffold/v4beta13', kind: 'Config', metadata: { name: `f-${randomBytes(4).toString('hex')}` } },
      ...{ manifests: { rawYaml: ['web.yaml'] }, deploy: { kubectl: {}, logs: { prefix: 'podAndContainer' } } },
    }),
    'web.yaml': JSON.stringify(deployment),
    ...files,
  });
  const kubeconfig = 'kubeconfig' in files ? { KUBECONFIG: `${project.path}/kubeconfig` } : {};
  const cli = (...args: readonly string[]) =>
    runCli(args, { cwd: project.path, env: { ...project.env, ...env, ...kubeconfig } });
  return {
    ...{ cli, on },
    [Symbol.asyncDispose]: async () => {
      await cli('delete', '--on', on).ended;
      await project[Symbol.asyncDispose]();
    },
  };
}

/** Returns what each container printed, in order. */
function printed(text: string): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, name, said] = /\[([^\]\s]+ [^\]\s]+)\] (.*)$/.exec(line) ?? [];
    if (name === undefined || said === undefined) continue;
    lines.set(name, [...(lines.get(name) ?? []), said]);
  }
  return lines;
}

/** Two pods, each with all of its output from the beginning, and nothing twice. */
function expectAll(text: string): void {
  const all = [...printed(text)];
  const of = (container: string) => all.flatMap(([name, lines]) => (name.endsWith(` ${container}`) ? [lines] : []));
  expect(of('setup')).toEqual([['preparing'], ['preparing']]);
  expect(of('side')).toEqual([
    ['first life', 'second life'],
    ['first life', 'second life'],
  ]);
  expect(of('counter')).toHaveLength(2);
  for (const lines of of('counter'))
    expect(lines.map((line) => line.split(' ')[1])).toEqual(lines.map((_, index) => `${index}`));
}

const bothRestarted = /second life[^]*second life/;

async function followed({ cli, on }: World): Promise<void> {
  await using run = cli('run', '--tail', '--on', on, '--output', 'text');
  await run.until(bothRestarted);
  run.signal('SIGINT');
  const { stdout } = await run.exits(0);
  expectAll(stdout);
  expect(stdout).toContain('follow/follow');
  expect(stdout).toMatch(/succeeded in .* 3 succeeded/);
  const { status } = JSON.parse((await cli('show', 'latest', '--output', 'json').exits(0)).stdout) as {
    status: string;
  };
  expect(status).toBe('succeeded');
  expect(printed((await cli('logs', 'latest').exits(0)).stdout)).toEqual(printed(stdout));
}

/** Killed while it follows, and resumed after containers restarted. */
async function resumed({ cli, on }: World): Promise<void> {
  await using run = cli('deploy', '--tail', '--on', on, '--output', 'text');
  await run.until(/first life[^]*first life/);
  await run.until(/line 3 [^]*line 3 /);
  run.signal('SIGKILL');
  await run.ended;
  await using second = cli('resume', 'latest', '--output', 'text');
  await second.until(bothRestarted);
  second.signal('SIGINT');
  await second.exits(0);
  expectAll((await cli('logs', 'latest').exits(0)).stdout);
}

async function withoutReader({ cli, on }: World): Promise<void> {
  await using run = cli('run', '--tail', '--on', on, '--output', 'text');
  await run.until(/line 3 /);
  run.closeStdout();
  await run.exits(0);
  expect((await cli('show', 'latest').exits(0)).stdout).toMatch(/succeeded/);
}

async function cancelledBefore({ cli, on }: World): Promise<void> {
  await using run = cli('run', '--tail', '--on', on, '--output', 'text');
  await run.until('started  apply');
  run.signal('SIGINT');
  const { stdout } = await run.exits(130);
  expect(stdout).toMatch(/cancelled in/);
}

const cases: readonly [string, (world: World) => Promise<void>][] = [
  ['shows all output of two pods until Ctrl-C, and records it', followed],
  ['goes on after a kill, without a gap or a repeat', resumed],
  ['is cancelled by Ctrl-C before that', cancelledBefore],
  ['ends when nobody reads it any more', withoutReader],
];

describe('follows what was deployed to a cluster', { timeout: 180_000 }, () => {
  it.for(cases)('%s', async ([, check], context) => {
    const cluster = await openTestCluster();
    if ('skip' in cluster) return context.skip(cluster.skip);
    await using _cluster = cluster;
    await using world = await worldOn('kubernetes', {}, { kubeconfig: cluster.kubeconfig });
    await check(world);
  });
});

describe.each(engines)('follows what was deployed to $name', { timeout: 180_000 }, ({ name, host }) => {
  it.for(cases)('%s', async ([, check], context) => {
    if (host === undefined) return context.skip(`SLIPWAY_TEST_${name.toUpperCase()} does not name an engine`);
    await using world = await worldOn('docker', { DOCKER_HOST: host });
    await check(world);
  });
});
