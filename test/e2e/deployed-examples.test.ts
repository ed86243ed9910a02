/** The same examples go from a clone to an engine and to a cluster by the same command, and `delete` leaves both as they were. */
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { engineJson } from '../rigs/ask-engine.ts';
import { baseImage, engines } from '../rigs/engines.ts';
import { nameImage } from '../rigs/engine-images.ts';
import { copyOfExample, ExampleBuild, publicImage } from '../rigs/example.ts';
import { testHelms } from '../rigs/helm-programs.ts';
import { engineLeftovers } from '../rigs/leak-check.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';
import { onPath } from '../rigs/tool-image.ts';

const execute = promisify(execFile);

interface DeployedExample {
  readonly name: string;
  /** Flags of `run` and `delete`. */
  readonly flags: readonly string[];
  readonly needs?: 'helm' | 'kustomize';
  /** The configuration that an engine names the deploy after. */
  readonly deploy: string;
  readonly service: string;
  readonly path: string;
  readonly answer: string;
  /** What the cluster has of it, apart from pods and replica sets. */
  readonly objects: readonly string[];
}

const examples: readonly DeployedExample[] = [
  {
    ...{ name: 'microservices', flags: [], deploy: 'shop', service: 'web', path: 'cgi-bin/page' },
    answer: 'In stock:\n12 apples\n',
    objects: [
      ...['configmap/stock', 'configmap/web', 'deployment.apps/stock', 'deployment.apps/web'],
      ...['ingress.networking.k8s.io/shop', 'secret/stock', 'service/stock', 'service/web'],
    ],
  },
  {
    ...{ name: 'kustomize', flags: [], needs: 'kustomize', deploy: 'hours', service: 'hours', path: '' },
    answer: 'open day and night',
    objects: [expect.stringMatching(/^configmap\/hours-/), 'deployment.apps/hours', 'service/hours'],
  },
  {
    ...{ name: 'kustomize', flags: ['-p', 'production'], needs: 'kustomize' },
    ...{ deploy: 'hours', service: 'hours', path: '' },
    answer: 'open from 9 to 5',
    objects: [expect.stringMatching(/^configmap\/hours-/), 'deployment.apps/hours', 'service/hours'],
  },
  {
    ...{ name: 'helm', flags: [], needs: 'helm', deploy: 'menu', service: 'menu', path: '' },
    answer: 'Today: soup\n',
    objects: ['deployment.apps/menu', expect.stringMatching(/^secret\/sh\.helm\.release\./), 'service/menu'],
  },
];

/** Returns the folder of the program that an example needs, or why it is missing. */
function toolFolder({ needs }: DeployedExample): { readonly folder: string } | { readonly skip: string } {
  if (needs === undefined) return { folder: '' };
  const helm = testHelms().find((each) => 'program' in each);
  const program = needs === 'helm' && helm && 'program' in helm ? helm.program : onPath(needs);
  if (program === undefined) return { skip: `no ${needs} in PATH` };
  return { folder: program.includes('/') ? dirname(program) : '' };
}

/** Copies an example. Its commands find the program that it needs. */
async function opened(
  example: DeployedExample,
  { host, socket, registry }: { readonly host: string; readonly socket: string; readonly registry?: string },
): Promise<ExampleBuild | { readonly skip: string }> {
  const tool = toolFolder(example);
  if ('skip' in tool) return tool;
  await nameImage(socket, baseImage, publicImage);
  const copied = await copyOfExample(`skaffold-${example.name}`, host);
  const path = [tool.folder, process.env['PATH'] ?? ''].filter((part) => part !== '').join(':');
  const build = new ExampleBuild(copied, socket, registry);
  build.env['PATH'] = path;
  return build;
}

const titled = examples.map((example) => [[example.name, ...example.flags].join(' '), example] as const);

describe.each(engines)('on $name', ({ name, host, socket }) => {
  it.for(titled)('%s is served until it is deleted', async ([, example], { skip }) => {
    if (host === undefined) return skip(`SLIPWAY_TEST_${name.toUpperCase()} does not name an engine`);
    const made = await opened(example, { host, socket });
    if ('skip' in made) return skip(made.skip);
    await using build = made;
    const deploy = `${example.deploy}${await build.rename()}`;
    const left = async () => [
      ...(await engineLeftovers(socket, { 'slipway.dev/deploy': deploy })),
      ...((await engineJson(socket, '/networks')) as { Name: string }[])
        .map((network) => network.Name)
        .filter((network) => network.includes(deploy)),
    ];
    try {
      const stdout = await build.deployed('--on', 'docker', ...example.flags);
      const address = new RegExp(`service/${example.service} port 8080 is at (\\S+)`).exec(stdout)?.[1] ?? 'no address';
      expect(await (await fetch(`http://${address}/${example.path}`)).text()).toBe(example.answer);
      expect(await left()).toContain(`${deploy}-network`);
    } finally {
      await build.cli(['delete', '--on', 'docker', ...example.flags]).exits(0);
    }
    expect(await left()).toEqual([]);
  });
});

describe('on a cluster', () => {
  const socket = engines.find(({ name }) => name === 'docker')?.socket ?? '';
  const registry = process.env['SLIPWAY_TEST_REGISTRY'] ?? '';

  async function clusterOf(): Promise<TestCluster | { readonly skip: string }> {
    if (socket === '') return { skip: 'SLIPWAY_TEST_DOCKER does not name an engine' };
    if (registry === '')
      return { skip: 'SLIPWAY_TEST_REGISTRY does not name a registry, from which the cluster takes images' };
    if (onPath('kubectl') === undefined) return { skip: 'no kubectl in PATH' };
    return await openTestCluster();
  }

  it.for(titled)('%s is served until it is deleted', { timeout: 180_000 }, async ([, example], { skip }) => {
    const found = await clusterOf();
    if ('skip' in found) return skip(found.skip);
    await using cluster = found;
    const kubeconfig = join('..', 'home', 'kubeconfig');
    const made = await opened(example, { host: `unix://${socket}`, socket, registry });
    if ('skip' in made) return skip(made.skip);
    await using build = made;
    await build.example.project.write({ [kubeconfig]: cluster.kubeconfig });
    build.env['KUBECONFIG'] = join(build.example.project.path, kubeconfig);
    const kubectl = async (...args: readonly string[]) =>
      (await execute('kubectl', ['--kubeconfig', build.env['KUBECONFIG'] ?? '', ...args])).stdout;
    const objects = async () => {
      const kinds = 'configmaps,secrets,services,deployments,serviceaccounts,roles,rolebindings,jobs,ingresses';
      return (await kubectl('-n', cluster.namespace, 'get', kinds, '-o', 'name')).split('\n').filter(isOurs).sort();
    };
    await build.deployed(...example.flags);
    const proxy = `/api/v1/namespaces/${cluster.namespace}/services/${example.service}:8080/proxy/${example.path}`;
    expect(await kubectl('get', '--raw', proxy)).toBe(example.answer);
    expect((await objects()).filter((object) => !isRecord(object))).toEqual(example.objects);
    await build.cli(['delete', ...example.flags]).exits(0);
    expect(await objects()).toEqual([]);
  });
});

/** The cluster creates these some time after the namespace. */
function isOurs(object: string): boolean {
  return object !== '' && object !== 'configmap/kube-root-ca.crt' && object !== 'serviceaccount/default';
}

/** A deploy is recorded in a ConfigMap. */
function isRecord(object: string): boolean {
  return object.startsWith('configmap/slipway-');
}
