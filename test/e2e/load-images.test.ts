/**
 * Images that are loaded into a cluster of this machine. kind itself is not run: a program of its name writes down how it is called, and
 * the context of the cluster under test has the name of one of kind.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { engines } from '../rigs/engines.ts';
import { withProgram } from '../rigs/fake-program.ts';
import { skaffoldWorld, type SkaffoldWorld } from '../rigs/skaffold-world.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';

interface Kubeconfig {
  contexts: { name: string }[];
  'current-context': string;
}

/** Returns the kubeconfig with another name of its only context. */
function renamed(kubeconfig: string, name: string): string {
  const all = parse(kubeconfig) as Kubeconfig;
  for (const context of all.contexts) context.name = name;
  return stringify({ ...all, 'current-context': name });
}

const docker = engines.find(({ name, host }) => name === 'docker' && host !== undefined);

describe('a deploy to a cluster of kind', { timeout: 120_000 }, () => {
  let world: SkaffoldWorld;
  beforeEach(async (context) => {
    if (docker === undefined) return context.skip('SLIPWAY_TEST_DOCKER does not name an engine');
    const opened: TestCluster | { readonly skip: string } = await openTestCluster();
    if ('skip' in opened) return context.skip(opened.skip);
    world = await skaffoldWorld(docker, () => ({}), { Dockerfile: 'FROM BASE\nRUN echo WORD\n' });
    await world.configure({
      metadata: { name: `load-${world.word}` },
      build: { tagPolicy: { envTemplate: { template: 'v1' } }, artifacts: [{ image: world.name('app') }] },
      manifests: { rawYaml: ['k8s.yaml'] },
    });
    await world.project.write({
      '../home/kubeconfig': renamed(opened.kubeconfig, 'kind-dev'),
      'k8s.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\n',
    });
    world.env('KUBECONFIG', `${world.project.env['HOME'] ?? ''}/kubeconfig`);
    world.env('SLIPWAY_ON', '');
    return async () => {
      await world.cli('delete').ended;
      await world[Symbol.asyncDispose]();
      await opened[Symbol.asyncDispose]();
    };
  });

  /** Puts a `kind` first on the path. */
  const withKind = async (script: string) =>
    world.env('PATH', (await withProgram(world.project, 'kind', script))['PATH'] ?? '');

  it('loads what was built, before it renders, and says how', async () => {
    await withKind('echo "called: $@ at $DOCKER_HOST"');
    const image = `${world.name('app')}:v1`;
    const { stdout } = await world.cli('run', '--output', 'text').exits(0);
    expect(stdout).toContain(`called: load docker-image ${image} --name dev at ${docker?.host ?? ''}`);
    expect(stdout.indexOf('called:')).toBeLessThan(stdout.indexOf('configmap/app'));
    const shown = await world.cli('run', '--dry-run').exits(0);
    expect(shown.stdout).toContain('load images into the kind cluster dev');
    expect((await world.cli('run', '--dry-run', '--no-load-images').exits(0)).stdout).not.toContain('load images');
  });

  it('deploys nothing if an image cannot be loaded', async () => {
    await withKind('echo "ERROR: no nodes found" >&2; exit 1');
    const { stdout } = await world.cli('run', '--output', 'text').exits(1);
    expect(stdout).toContain(
      `exit code 1 in the command \`kind load docker-image ${world.name('app')}:v1 --name dev\``,
    );
    expect(stdout).toContain('no nodes found');
    expect(stdout).not.toContain('configmap/app');
  });

  it('loads given images if the command line asks for it', async () => {
    await withKind('echo "called: $@"');
    const image = `${world.name('app')}=localhost/given:v2`;
    const asked = await world.cli('deploy', '--images', image, '--load-images', '--output', 'text').exits(0);
    expect(asked.stdout).toContain('called: load docker-image localhost/given:v2 --name dev');
    const plain = await world.cli('deploy', '--images', image, '--output', 'text').exits(0);
    expect(plain.stdout).not.toContain('called:');
  });

  it('says what is missing', async () => {
    world.env('PATH', '/nowhere');
    const { stdout } = await world.cli('run', '--output', 'text').exits(1);
    expect(stdout).toContain('kind is not installed, or not on the PATH');
    const both = await world.cli('run', '--load-images', '--push').exits(2);
    expect(both.stderr).toContain('--load-images and --push');
  });
});
