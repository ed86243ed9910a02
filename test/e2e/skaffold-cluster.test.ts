/** `slipway build` in a real cluster (docs/skaffold-builders.md, "Builds in a cluster"). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builderImage } from '../rigs/builder-images.ts';
import { openBuilderRegistries, type BuilderRegistries } from '../rigs/builder-registries.ts';
import { openBuilderRuntime, type BuilderRuntime } from '../rigs/builder-runtimes.ts';
import { engines } from '../rigs/engines.ts';
import { noRegistry } from '../rigs/registry.ts';
import { skaffoldWorld, type SkaffoldWorld } from '../rigs/skaffold-world.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';

const docker = engines.find(({ name }) => name === 'docker') ?? { name: 'docker', socket: '' };
const v1 = { envTemplate: { template: 'v1' } };

interface Parts {
  readonly cluster: TestCluster;
  readonly runtime: BuilderRuntime;
  readonly registries: BuilderRegistries;
  /** Kaniko's image, where the node finds it. */
  readonly kaniko: string;
}

async function open(): Promise<Parts | { readonly skip: string }> {
  if (docker.socket === '') return { skip: 'SLIPWAY_TEST_DOCKER does not name an engine' };
  if (noRegistry !== undefined) return { skip: noRegistry };
  const image = await builderImage(docker.socket, 'kaniko-debug');
  if ('skip' in image) return image;
  const runtime = await openBuilderRuntime('cluster', docker.socket);
  if ('skip' in runtime) return runtime;
  const cluster = await openTestCluster();
  if ('skip' in cluster) return cluster;
  return {
    ...{ cluster, runtime, kaniko: await runtime.imageThere(image.name) },
    registries: await openBuilderRegistries(docker.socket, runtime.host),
  };
}

describe('builds in a cluster', { timeout: 180_000 }, () => {
  let opened: Parts | { readonly skip: string } = { skip: 'it could not be opened' };
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  beforeEach((context) => {
    if ('skip' in opened) context.skip(opened.skip);
  });
  afterAll(async () => {
    if ('skip' in opened) return;
    await opened.registries[Symbol.asyncDispose]();
    await opened.cluster[Symbol.asyncDispose]();
    await opened.runtime[Symbol.asyncDispose]();
  });

  const parts = (): Parts => {
    if ('skip' in opened) throw new Error('only inside a test');
    return opened;
  };
  /** `build` of a configuration that builds in the cluster, with the logins of the registry. */
  const build = (more: object, cluster: object = { dockerConfig: { path: 'docker.json' } }) => ({
    tagPolicy: v1,
    insecureRegistries: [parts().registries.registry.address],
    cluster: { namespace: parts().cluster.namespace, ...cluster },
    ...more,
  });

  async function world(
    configuration: (name: (image: string) => string) => object,
    files: Readonly<Record<string, string>>,
  ): Promise<SkaffoldWorld> {
    const { registries, cluster } = parts();
    const made = await skaffoldWorld(
      docker,
      configuration,
      {
        ...Object.fromEntries(
          Object.entries(files).map(([path, text]) => [path, text.replaceAll('BASE', registries.base)]),
        ),
        'docker.json': registries.registry.config,
        kubeconfig: cluster.kubeconfig,
      },
      { registry: registries.registry.address },
    );
    await made.project.write({ '../home/.docker/config.json': registries.registry.config });
    made.env('KUBECONFIG', `${made.project.path}/kubeconfig`);
    made.env('SLIPWAY_ON', '');
    return made;
  }
  const pods = async () => await parts().cluster.podsWith({ 'app.kubernetes.io/managed-by': 'slipway' });

  it('builds Dockerfiles with kaniko, in order, and pushes them', async () => {
    const { kaniko, registries } = parts();
    await using project = await world(
      (name) => ({
        build: build(
          {
            artifacts: [
              {
                image: name('app'),
                context: 'app',
                requires: [{ image: name('base'), alias: 'PARENT' }],
                kaniko: {
                  image: kaniko,
                  target: 'wanted',
                  buildArgs: { WHO: '{{.WHO}}' },
                  label: { said: 'so' },
                  env: [{ name: 'GREETING', value: 'hello {{.WHO}}' }],
                  contextSubPath: 'inner',
                  cleanup: true,
                },
              },
              { image: name('base'), context: 'base', kaniko: { image: kaniko, reproducible: true } },
            ],
          },
          {
            dockerConfig: { path: 'docker.json' },
            annotations: { 'example.org/for': 'a test' },
            resources: { requests: { memory: '64Mi' } },
            concurrency: 1,
          },
        ),
      }),
      {
        'base/Dockerfile': 'FROM BASE\nENV MADE_BY=base-WORD\n',
        'app/inner/Dockerfile':
          'ARG PARENT\nFROM ${PARENT} AS wanted\nARG WHO\nENV SAID="$WHO"\n' +
          // Kaniko hides its own variables from instructions.
          'RUN grep -o "GREETING=hello [a-z]*" /proc/$PPID/environ\nCOPY file /file\nFROM scratch\n',
        'app/inner/file': 'WORD',
      },
    );
    project.env('WHO', 'world');
    const { stdout } = await project.build().exits(0);
    expect(stdout).toContain('GREETING=hello world');
    expect(stdout).toMatch(/S052.*`cleanup` has no effect/);
    const reference = `${project.name('app')}:v1`;
    const image = await registries.describe(reference);
    expect(image).toContain(`SAID=world`);
    expect(image).toContain(`MADE_BY=base-${project.word}`);
    expect(image).toContain('"said":"so"');
    const shown = JSON.parse((await project.cli('show', 'latest', '--output', 'json').exits(0)).stdout) as object;
    expect(JSON.stringify(shown)).toContain((image ?? '').split('\n')[0]);
    expect(await pods()).toEqual([]);
    expect(JSON.stringify(shown)).not.toContain('let-me-in');
  });

  it('takes the logins from a secret of the cluster, and builds several platforms', async () => {
    const { kaniko, registries, cluster } = parts();
    const secret = { name: 'the-logins', namespace: cluster.namespace };
    await cluster.client.json('POST', `/api/v1/namespaces/${cluster.namespace}/secrets`, {
      body: {
        ...{ apiVersion: 'v1', kind: 'Secret', metadata: secret },
        stringData: { 'config.json': registries.registry.config },
      },
    });
    await using project = await world(
      (name) => ({
        build: build(
          { artifacts: [{ image: name('app'), kaniko: { image: kaniko } }], platforms: ['linux/amd64', 'linux/arm64'] },
          { dockerConfig: { secretName: secret.name } },
        ),
      }),
      { Dockerfile: 'FROM scratch\nCOPY kubeconfig /\n' },
    );
    const { results } = await project.json(0);
    const { address } = registries.registry;
    const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json';
    const response = await fetch(`http://${address}/v2/slipway-test/${project.word}/app/manifests/v1`, {
      headers: { accept, authorization: `Basic ${Buffer.from('pusher:let-me-in').toString('base64')}` },
    });
    const index = (await response.json()) as { manifests: { platform: { architecture: string } }[] };
    expect(index.manifests.map(({ platform }) => platform.architecture)).toEqual(['amd64', 'arm64']);
    expect(results[0]?.digest).toBe(response.headers.get('docker-content-digest'));
  });

  it('builds modules here and in the cluster', async () => {
    const { kaniko, registries } = parts();
    await using project = await world(
      (name) => ({
        requires: [{ path: 'here' }, { path: 'there' }],
        metadata: { name: 'all', annotations: { of: name('x') } },
      }),
      {
        'here/Dockerfile': 'FROM scratch\nCOPY Dockerfile /\n',
        'there/Dockerfile': 'FROM BASE\nRUN echo WORD\n',
      },
    );
    const here = { tagPolicy: v1, local: { push: false }, artifacts: [{ image: project.name('here') }] };
    await project.configure({ metadata: { name: 'here' }, build: here }, 'here/skaffold.yaml');
    const there = build(
      { artifacts: [{ image: project.name('there'), kaniko: { image: kaniko } }] },
      { dockerConfig: { path: '../docker.json' } },
    );
    await project.configure({ metadata: { name: 'there' }, build: there }, 'there/skaffold.yaml');
    const { results } = await project.json(0);
    expect(results.map(({ status, digest }) => [status, digest !== undefined])).toEqual([
      ['succeeded', false],
      ['succeeded', true],
    ]);
    expect(await project.tags()).toEqual([`${project.name('here')}:v1`]);
    expect(await registries.describe(`${project.name('there')}:v1`)).toBeDefined();
  });

  it('runs custom tests of images of the cluster here', async () => {
    const { kaniko } = parts();
    await using project = await world(
      (name) => ({
        build: build({ artifacts: [{ image: name('app'), kaniko: { image: kaniko } }] }),
        test: [{ image: name('app'), custom: [{ command: 'echo "tests $IMAGE"' }] }],
      }),
      {
        Dockerfile: 'FROM scratch\nCOPY file /file\n',
        file: 'WORD',
      },
    );
    const { stdout } = await project.cli('test').exits(0);
    expect(stdout).toContain(`tests ${project.name('app')}:v1`);
    expect(await pods()).toEqual([]);
  });

  it('removes its pods after Ctrl-C, and with doctor after kill -9', async () => {
    const { kaniko } = parts();
    await using project = await world(
      (name) => ({ build: build({ artifacts: [{ image: name('app'), kaniko: { image: kaniko } }] }) }),
      { Dockerfile: 'FROM BASE\nRUN echo begun WORD; sleep 3600\n' },
    );
    {
      await using run = project.build();
      await run.until(new RegExp(`\\| begun ${project.word}`));
      expect(await pods()).toHaveLength(1);
      run.signal('SIGINT');
      await run.exits(130);
      expect(await pods()).toEqual([]);
    }
    await using run = project.build();
    await run.until(new RegExp(`\\| begun ${project.word}`));
    run.signal('SIGKILL');
    await run.ended;
    expect(await pods()).toHaveLength(1);
    const { id } = JSON.parse((await project.cli('show', 'latest', '--output', 'json').exits(0)).stdout) as {
      id: string;
    };
    await project.cli('doctor', '--clean', id).exits(0);
    expect(await pods()).toEqual([]);
  });

  it('gives custom commands what Skaffold documents, without an engine', async () => {
    const { cluster } = parts();
    await using project = await world(
      (name) => ({
        build: build(
          {
            artifacts: [
              {
                image: name('app'),
                custom: {
                  buildCommand:
                    'echo "$NAMESPACE|$TIMEOUT|$DOCKER_CONFIG_SECRET_NAME|$KUBECONTEXT|$PUSH_IMAGE"; exit 7',
                },
              },
            ],
          },
          { timeout: '7m', dockerConfig: { secretName: 'logins' } },
        ),
      }),
      {},
    );
    project.env('DOCKER_HOST', 'unix:///nowhere');
    const { stdout } = await project.build().exits(1);
    expect(stdout).toMatch(new RegExp(`\\| ${cluster.namespace}\\|7m\\|logins\\|[^|]+\\|true`));
  });

  it('refuses images without a registry, and builds without a push', async () => {
    await using project = await world(() => ({ build: build({ artifacts: [{ image: 'app', kaniko: {} }] }) }), {
      Dockerfile: 'FROM scratch\n',
    });
    const plain = await project.build().exits(2);
    expect(plain.stdout + plain.stderr).toContain('`app` is built in a cluster, but `app:v1` names no registry');
    const unpushed = await project.build('--no-push', '--default-repo', 'r.example').exits(2);
    expect(unpushed.stdout + unpushed.stderr).toContain('S055');
  });
});
