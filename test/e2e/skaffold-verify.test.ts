/** `slipway verify` and `slipway exec` of a `skaffold.yaml`, on real engines and on a real cluster (docs/verify.md). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askEngine } from '../rigs/ask-engine.ts';
import { baseImage, engines, type EngineUnderTest } from '../rigs/engines.ts';
import { engineLeftovers } from '../rigs/leak-check.ts';
import { skaffoldWorld, type SkaffoldWorld } from '../rigs/skaffold-world.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';

interface Result {
  readonly name: string;
  readonly status: string;
  readonly because?: string;
  readonly failure?: { readonly code: string; readonly exitCode?: number };
}

interface ContainerJson {
  readonly run: string;
  readonly results: readonly { readonly image: string }[];
  readonly verifications?: readonly Result[];
  readonly containers?: readonly Result[];
}

async function json(world: SkaffoldWorld, code: number, ...args: readonly string[]): Promise<ContainerJson> {
  return JSON.parse((await world.cli(...args, '--output', 'json').exits(code)).stdout) as ContainerJson;
}

const endsOf = ({ verifications = [], containers = [] }: ContainerJson) =>
  [...verifications, ...containers].map(({ name, status, because, failure }) =>
    [name, status, because ?? failure?.exitCode ?? failure?.code ?? ''].join(' ').trimEnd(),
  );

const shell = (name: string, script: string, more: object = {}) => ({
  ...{ name, image: baseImage, command: ['sh', '-c'], args: [script] },
  ...more,
});
const verification = (container: { readonly name: string }, more: object = {}) => ({
  ...{ name: container.name, container },
  ...more,
});
const hanging = (name: string) => shell(name, 'echo begun; exec sleep 1000');

/** What both places have. @param mode the place */
const parts = (name: (image: string) => string, mode: object) => ({
  build: {
    tagPolicy: { envTemplate: { template: 'v1' } },
    local: { push: false },
    artifacts: [
      { image: name('app'), context: 'app' },
      { image: name('unused'), context: 'missing' },
    ],
  },
  verify: [
    verification(
      shell('good', 'echo "one $A $TOKEN"; test ${#TOKEN} = 6', { env: [{ name: 'A', value: 'a b' }] }),
      mode,
    ),
    verification(shell('bad', 'echo last words; exit 3'), mode),
    verification(hanging('late'), { timeout: 10, ...mode }),
  ],
  customActions: [
    { name: 'fast', ...mode, containers: [shell('fails', 'exit 4'), hanging('stopped')] },
    { name: 'slow', failFast: false, ...mode, containers: [shell('fails-too', 'exit 4'), shell('goes-on', 'sleep 1')] },
    { name: 'long', ...mode, containers: [hanging('long')] },
  ],
});
const files = {
  'app/Dockerfile':
    'FROM BASE\nENV WHO=WORD\nWORKDIR /srv\nENTRYPOINT ["sh", "-c", "echo $0 $WHO in $PWD"]\nCMD ["cmd"]\n',
  '.env': '# for containers\nTOKEN="to ken"\n',
};

/** The checks of one place. */
function common(world: () => SkaffoldWorld, left: (run: string) => Promise<readonly string[]>): void {
  it('has a result for each verification, and none stops the others', async () => {
    const found = await json(world(), 1, 'verify', '--env-file', '.env');
    expect(endsOf(found)).toEqual(['good succeeded', 'bad failed 3', 'late failed timed-out']);
    expect((await world().cli('logs', 'latest', 'good').exits(0)).stdout).toContain('one a b ***');
    expect((await world().cli('logs', 'latest', 'bad').exits(0)).stdout).toContain('last words');
    // The log names the variables of the file, and has no values.
    const events = (await world().cli('events', 'latest').exits(0)).stdout;
    expect(events).toContain('"TOKEN"');
    expect(events).not.toContain('to ken');
    expect(await left(found.run)).toEqual([]);
  });

  it('stops the containers of an action after a failure, unless it says otherwise', async () => {
    const fast = await json(world(), 1, 'exec', 'fast');
    expect(endsOf(fast)).toEqual(['fails failed 4', 'stopped cancelled siblingFailed']);
    expect(await left(fast.run)).toEqual([]);
    expect(endsOf(await json(world(), 1, 'exec', 'slow'))).toEqual(['fails-too failed 4', 'goes-on succeeded']);
  });

  it('removes what it runs if it is cancelled, or cleaned up after a kill', async () => {
    await using cancelled = world().cli('exec', 'long', '--output', 'text');
    await cancelled.until(/begun/);
    cancelled.signal('SIGINT');
    expect((await cancelled.ended).code).toBe(130);
    await using killed = world().cli('exec', 'long', '--output', 'text');
    await killed.until(/begun/);
    killed.signal('SIGKILL');
    await killed.ended;
    const shown = (await world().cli('show', 'latest', '--output', 'json').exits(0)).stdout;
    const { id } = JSON.parse(shown) as { readonly id: string };
    expect(await left(id)).not.toEqual([]);
    await world().cli('doctor', '--clean', id).ended;
    expect(await left(id)).toEqual([]);
  });
}

describe.each(engines)('containers on $name', { timeout: 180_000 }, (engine) => {
  let world: SkaffoldWorld;
  const left = async (run: string) => await engineLeftovers(engine.socket, { 'slipway.dev/run': run });
  beforeEach(async (context) => {
    if (engine.host === undefined) return context.skip(`SLIPWAY_TEST_${engine.name.toUpperCase()} names no engine`);
    world = await skaffoldWorld(engine, (name) => parts(name, {}), files);
  });
  afterEach(async () => {
    if (engine.host !== undefined) await world[Symbol.asyncDispose]();
  });

  common(() => world, left);

  it('run the image of an artifact as it is, and build no other', async () => {
    const image = world.name('app');
    await world.configure({
      ...parts(world.name, {}),
      verify: [
        verification({ name: 'entry', ...{ image } }),
        verification({ name: 'args', ...{ image, args: ['other'] } }),
        verification({ name: 'command', ...{ image, command: ['echo'] } }),
      ],
    });
    const found = await json(world, 0, 'verify');
    expect(found.results.map((result) => result.image)).toEqual([image]);
    const printed = async (name: string) => (await world.cli('logs', 'latest', name).exits(0)).stdout.trim();
    expect(await printed('entry')).toContain(`cmd ${world.word} in /srv`);
    expect(await printed('args')).toContain(`other ${world.word} in /srv`);
    // As on a cluster, the command of the image belongs to its entrypoint.
    expect(await printed('command')).not.toContain('cmd');
    const given = await json(world, 0, 'verify', '--images', `${image}=${image}:v1`);
    expect(given.results).toEqual([]);
  });

  it('join a network of the engine', async () => {
    const network = `slipway-test-${world.word}`;
    await askEngine(engine.socket, 'POST', '/networks/create', { Name: network });
    try {
      await world.configure({ verify: [verification(shell('route', 'exit 0'))] });
      expect(endsOf(await json(world, 0, 'verify', '--docker-network', network))).toEqual(['route succeeded']);
      const missing = await json(world, 1, 'verify', '--docker-network', `${network}-missing`);
      expect(endsOf(missing)).toEqual(['route failed start-failed']);
      expect(await left(missing.run)).toEqual([]);
    } finally {
      await askEngine(engine.socket, 'DELETE', `/networks/${network}`);
    }
  });
});

describe('containers as jobs of a cluster', { timeout: 180_000 }, () => {
  const docker: EngineUnderTest = engines[0] ?? { name: 'docker', socket: '' };
  const inCluster = { executionMode: { kubernetesCluster: {} } };
  let world: SkaffoldWorld;
  let cluster: TestCluster | { readonly skip: string } = { skip: 'it could not be opened' };
  const jobs = async () => {
    if ('skip' in cluster) return [];
    const { client, namespace } = cluster;
    const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    const { items } = await client.json<{ items: readonly { metadata: { name: string } }[] }>('GET', path);
    return items.map(({ metadata }) => metadata.name);
  };
  beforeEach(async (context) => {
    cluster = await openTestCluster();
    if ('skip' in cluster) return context.skip(cluster.skip);
    world = await skaffoldWorld(docker, (name) => parts(name, inCluster), files);
    await world.project.write({ '../home/kubeconfig': cluster.kubeconfig });
    world.env('KUBECONFIG', `${world.project.env['HOME'] ?? ''}/kubeconfig`);
    world.env('SLIPWAY_ON', '');
  });
  afterEach(async () => {
    if ('skip' in cluster) return;
    await world[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  common(() => world, jobs);

  it('keep what their manifest says beside the container, and say why they cannot start', async () => {
    const sidecar = { name: 'sidecar', image: baseImage, command: ['sleep', '1000'] };
    const own = { name: 'own', image: 'own', env: [{ name: 'KEPT', value: 'kept' }] };
    const job = {
      ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'own' } },
      // It runs once all the same, and its other container does not hold it up.
      spec: { suspend: true, completions: 3, template: { spec: { containers: [own, sidecar] } } },
    };
    await world.project.write({ 'job.json': JSON.stringify(job) });
    const executionMode = { kubernetesCluster: { jobManifestPath: 'job.json' } };
    const overrides = JSON.stringify({ spec: { template: { spec: { hostname: 'override' } } } });
    await world.configure({
      verify: [
        verification(shell('kept', 'echo "$KEPT on $(hostname)"'), {
          executionMode: { kubernetesCluster: { ...executionMode.kubernetesCluster, overrides } },
        }),
        verification({ name: 'none', ...{ image: baseImage, command: ['/no/such/program'] } }, { executionMode }),
      ],
    });
    const found = await json(world, 1, 'verify');
    expect(endsOf(found)).toEqual(['kept succeeded', 'none failed start-failed']);
    expect((await world.cli('logs', 'latest', 'kept').exits(0)).stdout).toContain('kept on override');
    expect(await jobs()).toEqual([]);
  });

  it('start again if the process that ran them was killed', async () => {
    await world.configure({
      customActions: [{ name: 'once', ...inCluster, containers: [shell('once', 'echo begun; sleep 3; echo ended')] }],
    });
    await using killed = world.cli('exec', 'once', '--output', 'text');
    await killed.until(/begun/);
    killed.signal('SIGKILL');
    await killed.ended;
    expect((await world.cli('resume', 'latest').exits(0)).stdout).toContain('ended');
    expect(await jobs()).toEqual([]);
  });
});
