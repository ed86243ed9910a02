/** `slipway render`, `deploy`, `apply`, `run` and `delete` of a `skaffold.yaml`, on a real cluster and on real engines. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { engineJson } from '../rigs/ask-engine.ts';
import { pushImage } from '../rigs/builder-images.ts';
import { baseImage, engines, type EngineUnderTest } from '../rigs/engines.ts';
import { engineLeftovers } from '../rigs/leak-check.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';
import { skaffoldWorld, type SkaffoldWorld } from '../rigs/skaffold-world.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';
import { onPath } from '../rigs/tool-image.ts';

const execute = promisify(execFile);
const docker = engines.find(({ name }) => name === 'docker') ?? { name: 'docker', socket: '' };
const testRegistry = process.env['SLIPWAY_TEST_REGISTRY'] ?? '';

/** What `--output json` prints of the deployed objects. */
interface DeployJson {
  readonly deploys: readonly {
    readonly objects: readonly { readonly kind: string; readonly name: string; readonly change: string }[];
  }[];
}

/** Returns the change of each object. */
function changesIn(stdout: string): Readonly<Record<string, string>> {
  const { deploys } = JSON.parse(stdout) as DeployJson;
  const objects = deploys.flatMap((deploy) => deploy.objects);
  return Object.fromEntries(objects.map(({ kind, name, change }) => [`${kind}/${name}`, change]));
}

const every = (change: string) => ({ 'ConfigMap/page': change, 'Deployment/page': change, 'Service/page': change });

const configMap = (greeting: string) => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'page' } },
  data: { greeting },
});

const service = {
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'page' } },
  // Not the port of the container, so an engine has to forward it.
  spec: { selector: { app: 'page' }, ports: [{ port: 8090, targetPort: 8080 }] },
};

const answers = (path: string) => ({ httpGet: { path, port: 8080 }, periodSeconds: 1 });

/**
 * @param image of the only container, which serves `/www/index.html` of the image and `/www/texts/greeting`
 * @param container more fields of it
 */
const deployment = (image: string, container: object = {}) => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'page' } },
  spec: {
    selector: { matchLabels: { app: 'page' } },
    template: {
      metadata: { labels: { app: 'page' } },
      spec: {
        // httpd does not handle SIGTERM.
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            ...{ name: 'httpd', image, ports: [{ containerPort: 8080 }] },
            readinessProbe: answers('/texts/greeting'),
            volumeMounts: [
              { name: 'texts', mountPath: '/www/texts' },
              { name: 'scratch', mountPath: '/scratch' },
            ],
            ...container,
          },
        ],
        volumes: [
          { name: 'texts', configMap: { name: 'page' } },
          { name: 'scratch', emptyDir: {} },
        ],
      },
    },
  },
});

const dockerfile = 'FROM BASE\nRUN mkdir /www && echo page WORD > /www/index.html\nCMD httpd -f -p 8080 -h /www\n';

/** YAML is a superset of JSON. */
const manifest = (object: object) => `${JSON.stringify(object, undefined, 2)}\n`;

/** A project that builds one image and deploys it. The deploy has the world's word as its name. */
async function deployWorld(engine: EngineUnderTest, registry?: string): Promise<SkaffoldWorld> {
  const made = await skaffoldWorld(
    engine,
    () => ({}),
    {
      Dockerfile: dockerfile,
      'k8s/config.yaml': manifest(configMap('hello')),
      'k8s/service.yaml': manifest(service),
    },
    registry === undefined ? {} : { registry },
  );
  await made.configure({
    metadata: { name: `page-${made.word}` },
    build: { tagPolicy: { envTemplate: { template: 'v1' } }, artifacts: [{ image: made.name('app') }] },
    manifests: { rawYaml: ['k8s/*.yaml'] },
  });
  await made.project.write({ 'k8s/deployment.yaml': manifest(deployment(made.name('app'))) });
  return made;
}

function missing(): string | undefined {
  if (docker.socket === '') return 'SLIPWAY_TEST_DOCKER does not name an engine';
  if (testRegistry === '') return 'SLIPWAY_TEST_REGISTRY does not name a registry, from which the cluster takes images';
  return onPath('kubectl') === undefined ? 'no kubectl in PATH' : undefined;
}

describe('deploys to a cluster', { timeout: 180_000 }, () => {
  /** Of one test. */
  interface ClusterWorld extends AsyncDisposable {
    readonly world: SkaffoldWorld;
    /** Asks the cluster what the namespace has, apart from what the cluster itself puts there. */
    readonly objects: () => Promise<readonly string[]>;
  }

  async function clusterWorld(): Promise<ClusterWorld | { readonly skip: string }> {
    const absent = missing();
    if (absent !== undefined) return { skip: absent };
    const cluster: TestCluster | { readonly skip: string } = await openTestCluster();
    if ('skip' in cluster) return cluster;
    const world = await deployWorld(docker, testRegistry);
    await world.project.write({ '../home/kubeconfig': cluster.kubeconfig });
    const kubeconfig = `${world.project.env['HOME'] ?? ''}/kubeconfig`;
    world.env('KUBECONFIG', kubeconfig);
    world.env('SLIPWAY_ON', '');
    return {
      world,
      objects: async () => {
        const kinds = 'configmaps,secrets,services,deployments,replicasets,pods';
        const args = ['--kubeconfig', kubeconfig, '--namespace', cluster.namespace, 'get', kinds, '--output', 'name'];
        const { stdout } = await execute('kubectl', args, { env: world.project.env });
        // The cluster creates it some time after the namespace.
        return stdout.split('\n').filter((name) => name !== '' && name !== 'configmap/kube-root-ca.crt');
      },
      [Symbol.asyncDispose]: async () => {
        await world[Symbol.asyncDispose]();
        await cluster[Symbol.asyncDispose]();
      },
    };
  }

  let opened: ClusterWorld | { readonly skip: string } = { skip: 'it could not be opened' };
  beforeEach(async (context) => {
    opened = await clusterWorld();
    if ('skip' in opened) context.skip(opened.skip);
    return async () => {
      if (!('skip' in opened)) await opened[Symbol.asyncDispose]();
    };
  });
  const parts = (): ClusterWorld => {
    if ('skip' in opened) throw new Error('only inside a test');
    return opened;
  };

  it('runs, changes only what changed, and deletes', async () => {
    const { world, objects } = parts();
    const before = await objects();
    const run = async () => changesIn((await world.cli('run', '--output', 'json').exits(0)).stdout);
    expect(await run()).toEqual(every('created'));
    expect(await objects()).toEqual(
      expect.arrayContaining([
        'configmap/page',
        'service/page',
        'deployment.apps/page',
        expect.stringMatching(/^pod\//),
      ]),
    );
    expect(await run()).toEqual(every('unchanged'));

    await world.project.write({ 'k8s/config.yaml': manifest(configMap('good evening')) });
    expect(await run()).toEqual({ ...every('unchanged'), 'ConfigMap/page': 'changed' });
    const why = (await world.cli('why', 'latest').exits(0)).stdout;
    expect(why).toContain('configmap/page changed: its manifest changed');
    expect(why).toContain('deployment.apps/page unchanged');

    const deleted = changesIn((await world.cli('delete', '--output', 'json').exits(0)).stdout);
    expect(deleted).toEqual(every('removed'));
    expect(await objects()).toEqual(before);
    expect(changesIn((await world.cli('delete', '--output', 'json').exits(0)).stdout)).toEqual({});
  });

  it('renders to a file what it renders to JSON, and applies the file', async () => {
    const { world, objects } = parts();
    const reference = `${world.name('given')}:v2`;
    await world.project.write({ Dockerfile: 'FROM nothing that could be built\n' });
    // The base image has no page, but httpd.
    const httpd = { command: ['httpd', '-f', '-p', '8080', '-h', '/www'] };
    await world.project.write({ 'k8s/deployment.yaml': manifest(deployment(world.name('app'), httpd)) });
    await pushImage(docker.socket, baseImage, reference);

    const images = ['--images', `${world.name('app')}=${reference}`];
    await world.cli('render', '--output', 'rendered.yaml', ...images).exits(0);
    const { manifests } = JSON.parse((await world.cli('render', '--output', 'json', ...images).exits(0)).stdout) as {
      manifests: readonly { readonly kind: string }[];
    };
    const file = await world.project.read('rendered.yaml');
    expect(parseAllDocuments(file).map((document) => document.toJS() as unknown)).toEqual(manifests);
    expect(manifests.map(({ kind }) => kind).toSorted()).toEqual(['ConfigMap', 'Deployment', 'Service']);
    expect(JSON.stringify(manifests)).toContain(`"image":"${reference}`);
    expect(await objects()).toEqual([]);

    const applied = await world.cli('apply', 'rendered.yaml', '--output', 'json').exits(0);
    expect(changesIn(applied.stdout)).toEqual(every('created'));
    expect(await objects()).toContain('deployment.apps/page');
    await world.cli('delete').exits(0);
    expect(await objects()).toEqual([]);
  });

  it('renders and deploys the same values of --set', async () => {
    const { world } = parts();
    await world.project.write({
      'k8s/configmap.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: values}\ndata:\n  size: "1" # from-param: ${size}\n',
    });
    const images = ['--images', `${world.name('app')}=${world.name('given')}:v2`];
    const { stdout, stderr } = await world.cli('render', '--set', 'size=7,typo=1', ...images).exits(0);
    expect(stdout).toContain('size: "7"');
    expect(stderr).toContain('--set typo: no field of a manifest has the comment');
    const deployed = async (size: string) =>
      changesIn(
        (
          await world
            .cli('deploy', '--set', `size=${size}`, '--no-status-check', '--output', 'json', ...images)
            .exits(0)
        ).stdout,
      );
    expect(await deployed('7')).toMatchObject({ 'ConfigMap/values': 'created' });
    expect(await deployed('7')).toMatchObject({ 'ConfigMap/values': 'unchanged' });
    expect(await deployed('8')).toMatchObject({ 'ConfigMap/values': 'changed' });
    await world.cli('delete').exits(0);
  });

  it('fails by itself if an image cannot be pulled', async () => {
    const { world, objects } = parts();
    const absent = `${world.name('absent')}:v1`;
    await world.configure({
      metadata: { name: `page-${world.word}` },
      manifests: { rawYaml: ['k8s/*.yaml'] },
    });
    await world.project.write({ 'k8s/deployment.yaml': manifest(deployment(absent)) });
    const { stdout } = await world.cli('run', '--output', 'text').exits(1);
    expect(stdout).toMatch(
      /because +deployment\.apps\/page in namespace .*the image \S+ cannot be pulled: the registry has no/,
    );
    expect(stdout).toContain(`the image ${absent} cannot be pulled`);
    await world.cli('delete').exits(0);
    expect(await objects()).toEqual([]);
  });

  it('lists what it applied before it failed, and what the cluster has not accepted', async () => {
    const { world, objects } = parts();
    const wrong = { ...configMap('a'), metadata: { name: 'wrong' }, dota: {} };
    await world.project.write({ 'all.yaml': [manifest(configMap('b')), manifest(wrong)].join('---\n') });
    const { stdout } = await world.cli('apply', 'all.yaml', '--output', 'json').exits(1);
    expect(changesIn(stdout)).toEqual({ 'ConfigMap/page': 'created' });
    expect((await world.cli('why', 'latest').exits(0)).stdout).toContain('configmap/page created: it did not exist');
    await world.cli('delete').exits(0);
    expect(await objects()).toEqual([]);
  });

  it('refuses a namespace that cannot exist', async () => {
    const { world } = parts();
    const { stderr } = await world.cli('delete', '--namespace', '../bad').exits(2);
    expect(stderr).toContain('--namespace ../bad: `../bad` cannot be the name of a namespace');
  });

  it('deletes what a killed run had deployed', async () => {
    const { world, objects } = parts();
    const never = { readinessProbe: answers('/never') };
    await world.project.write({ 'k8s/deployment.yaml': manifest(deployment(world.name('app'), never)) });
    await using run = world.cli('run', '--output', 'text');
    await run.until(/deployment\.apps\/page: .*readiness probe failed/);
    run.signal('SIGKILL');
    await run.ended;
    expect(await objects()).toContain('deployment.apps/page');
    await world.cli('delete').exits(0);
    expect(await objects()).toEqual([]);
  });
});

describe.each(engines)('deploys to $name', ({ name, host, socket }) => {
  let world: SkaffoldWorld | undefined;
  beforeAll(async () => {
    if (host !== undefined) world = await deployWorld({ name, host, socket });
  });
  afterAll(async () => {
    // After a test that failed halfway.
    await world?.cli('delete', '--on', 'docker').ended;
    await world?.[Symbol.asyncDispose]();
  });

  it('serves on loopback, changes only what changed, and deletes', async (context) => {
    if (world === undefined) return context.skip(`SLIPWAY_TEST_${name.toUpperCase()} does not name an engine`);
    const made = world;
    const { project, word } = made;
    const label = { 'slipway.dev/deploy': `page-${word}` };
    const left = async () => [
      ...(await engineLeftovers(socket, label)),
      ...((await engineJson(socket, '/networks')) as { Name: string }[])
        .map((network) => network.Name)
        .filter((network) => network.includes(word)),
    ];
    const { stdout } = await made.cli('run', '--on', 'docker', '--output', 'text').exits(0);
    const address = /service\/page port 8090 is at (127\.0\.0\.1:\d+)/.exec(stdout)?.[1] ?? 'no address';
    const asked = async (path: string) => await (await fetch(`http://${address}${path}`)).text();
    expect(await asked('/')).toBe(`page ${word}\n`);
    expect(await asked('/texts/greeting')).toBe('hello');
    expect(await left()).toEqual(expect.arrayContaining([`page-${word}-network`]));

    const run = async () => changesIn((await made.cli('run', '--on', 'docker', '--output', 'json').exits(0)).stdout);
    expect(await run()).toEqual(every('unchanged'));
    // The workload that has the files of the ConfigMap is replaced.
    await project.write({ 'k8s/config.yaml': manifest(configMap('good evening')) });
    expect(await run()).toEqual({ ...every('changed'), 'Service/page': 'unchanged' });

    await made.cli('delete', '--on', 'docker').exits(0);
    expect(await left()).toEqual([]);
  });
});

describe.each(engines)('run --cleanup on $name', ({ name, host, socket }) => {
  it('removes what it deployed, and nothing if it deployed nothing', async (context) => {
    if (host === undefined) return context.skip(`SLIPWAY_TEST_${name.toUpperCase()} does not name an engine`);
    await using made = await deployWorld({ name, host, socket });
    const left = async () => [...(await engineLeftovers(socket, { 'slipway.dev/deploy': `page-${made.word}` }))].sort();
    try {
      const { stdout } = await made.cli('run', '--on', 'docker', '--cleanup', '--output', 'text').exits(0);
      expect(stdout).toContain('deployment.apps/page: it is ready');
      expect(await left()).toEqual([]);

      await made.cli('run', '--on', 'docker').exits(0);
      const deployed = await left();
      await made.project.write({ Dockerfile: `FROM ${baseImage}\nRUN false\n` });
      const broken = await made.cli('run', '--on', 'docker', '--cleanup', '--output', 'text').exits(1);
      expect(broken.stdout).toContain('nothing is removed, because the run deployed nothing');
      expect(await left()).toEqual(deployed);
    } finally {
      await made.cli('delete', '--on', 'docker').ended;
    }
  });
});

describe('refuses', () => {
  const context = (name: string) => ({ name, context: { cluster: 'nowhere' } });
  const kubeconfig = {
    ...{ 'current-context': 'staging', contexts: [context('staging'), context('prod')] },
    // An address of this machine where nothing listens.
    clusters: [{ name: 'nowhere', cluster: { server: 'https://127.0.0.1:9' } }],
  };

  it.each([
    ['images that nobody gave', { build: { artifacts: [{ image: 'app' }] } }, /S092.*`app`/],
    ['another context than the current one', { deploy: { kubeContext: 'prod' } }, /S090.*`prod`.*`staging`/],
  ])('%s', async (_, fields, says) => {
    await using project = await projectDir({
      'skaffold.yaml': JSON.stringify({
        ...{ apiVersion: 'skaffold/v4beta13', kind: 'Config', manifests: { rawYaml: ['page.yaml'] } },
        ...fields,
      }),
      'page.yaml': manifest(configMap('hello')),
      kubeconfig: JSON.stringify(kubeconfig),
    });
    const env = { ...project.env, KUBECONFIG: `${project.path}/kubeconfig` };
    const { stdout, stderr } = await runCli(['deploy'], { cwd: project.path, env }).exits(2);
    expect(stdout + stderr).toMatch(says);
  });
});
