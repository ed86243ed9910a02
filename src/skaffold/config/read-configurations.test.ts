import { describe, expect, it } from 'vitest';
import { plainJson } from '../../../test/rigs/located-yaml.ts';
import { artifact, head, named, profiles, readFiles, summary } from '../../../test/rigs/read-configurations.ts';
import type { ConfigurationRequest } from '../../engine/configuration-reader.ts';
import { newestVersion } from '../schema/newest-types.ts';
import type { KubeDefaults } from './configuration.ts';

describe('one file', () => {
  it('is read with profiles, defaults and absolute paths', async () => {
    const text = named('a', `${artifact('x')}${profiles('p', 'q')}`);
    const result = await readFiles(text, { profiles: ['q'] });
    expect(result.found).toEqual([]);
    const [configuration, second] = result.configurations;
    expect(second).toBeUndefined();
    expect(configuration).toMatchObject({
      ...{ name: 'a', file: '/p/skaffold.yaml', index: 0, version: newestVersion, required: false },
      ...{ profiles: ['p', 'q'], activeProfiles: ['q'] },
    });
    expect(configuration && plainJson(configuration.document)).toEqual({
      apiVersion: `skaffold/${newestVersion}`,
      kind: 'Config',
      metadata: { name: 'a' },
      build: {
        artifacts: [{ image: 'x', context: '/p', docker: { dockerfile: 'Dockerfile' } }],
        insecureRegistries: ['q'],
        tagPolicy: { gitCommit: {} },
        local: { concurrency: 1 },
      },
      deploy: { logs: { prefix: 'container' } },
    });
  });

  it.each([
    ['/p', { '/p/skaffold.yaml': head, '/p/skaffold.yml': named('b') }, '/p/skaffold.yaml'],
    ['/p', { '/p/skaffold.yml': head }, '/p/skaffold.yml'],
    ['/p/other', { '/p/other': head }, '/p/other'],
  ])('is found at %s in %j', async (path, files, file) => {
    const { configurations, found } = await readFiles(files, { path });
    expect([configurations.map((one) => one.file), found]).toEqual([[file], []]);
  });

  it('may have several documents', async () => {
    const result = await readFiles(`${named('a')}---\n${head}---\n${named('c')}`);
    expect(summary(result)).toEqual(['a', '', 'c']);
    expect(result.configurations.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('reads the kubeconfig only if something depends on it', async () => {
    expect(
      (await readFiles(named('a', 'deploy: {kubectl: {}}\nprofiles: [{name: p, activation: [{command: dev}]}]'))).calls,
    ).toEqual([]);
    expect((await readFiles(named('a', 'build: {cluster: {}}'))).calls).toEqual(['kube']);
  });

  it.each([
    [{}, {}, 'default'],
    [{}, { namespace: 'ns' }, 'ns'],
    [{ kubeContext: 'other' }, { namespace: 'ns' }, 'default'],
  ])('builds in the namespace of the context: %j with %j in %s', async (request, kube, namespace) => {
    const { configurations } = await readFiles(named('a', 'build: {cluster: {}}'), request, { kube });
    expect(plainJson(configurations[0]?.document ?? expect.fail())).toMatchObject({
      build: { cluster: { namespace } },
    });
  });
});

describe('profiles', () => {
  const activation = (condition: string) =>
    named('a', `profiles: [{name: self, activation: [${condition}]}, {name: p}, {name: q}]\n`);

  it.each<[string, Partial<ConfigurationRequest>, KubeDefaults, string]>([
    ['{command: dev}', {}, {}, 'a self'],
    ['{command: dev}', { command: 'build' }, {}, 'a'],
    ['{command: dev}', { autoActivation: false }, {}, 'a'],
    ['{command: dev}', { profiles: ['p', 'self', 'q'] }, {}, 'a self p q'],
    ['{command: dev}', { profiles: ['p', '-self'] }, {}, 'a p'],
    ['{command: dev}', { profiles: ['-self', 'q', 'p'] }, {}, 'a q p'],
    ['{command: dev}', { profiles: ['p', '-p'], autoActivation: false }, {}, 'a'],
    ['{env: A=1}', { env: { A: '1' } }, {}, 'a self'],
    ['{env: A=1}', { env: { A: '2' } }, {}, 'a'],
    ['{kubeContext: prod}', {}, { context: 'prod' }, 'a self'],
    ['{kubeContext: prod}', {}, { context: 'dev' }, 'a'],
    ['{kubeContext: prod}', {}, {}, 'a'],
    ['{kubeContext: "!prod"}', {}, {}, 'a self'],
    ['{kubeContext: prod}', { kubeContext: 'prod' }, { context: 'dev' }, 'a self'],
    ['{kubeContext: prod}', { kubeContext: 'dev' }, { context: 'prod' }, 'a'],
    ['{command: dev}], requiresAllActivations: true, patches: [', {}, {}, 'a self'],
    ['{command: dev}, {env: A=1}], requiresAllActivations: true, patches: [', {}, {}, 'a'],
  ])('with %s and %j in %j: %s', async (condition, request, kube, expected) => {
    const result = await readFiles(activation(condition), request, { kube });
    expect([summary(result), result.found]).toEqual([[expected], []]);
  });

  it('is not asked for its context if the command line has one', async () => {
    expect((await readFiles(activation('{kubeContext: prod}'), { kubeContext: 'prod' })).calls).toEqual([]);
    expect((await readFiles(activation('{kubeContext: prod}'), { autoActivation: false })).calls).toEqual([]);
  });

  const own = named(
    'a',
    'deploy: {kubeContext: other}\nprofiles: [{name: p, activation: [{kubeContext: "^(dev)?$"}]}]\n',
  );
  it.each<[Partial<ConfigurationRequest>, KubeDefaults, boolean]>([
    [{}, { context: 'dev' }, true],
    [{}, {}, true],
    [{ profiles: ['-p'] }, { context: 'dev' }, true],
    [{}, { context: 'third' }, false],
    [{ kubeContext: 'dev' }, { context: 'dev' }, false],
    [{ autoActivation: false }, { context: 'dev' }, false],
  ])('contradict deploy.kubeContext with %j in %j: %s', async (request, kube, contradicts) => {
    const { found } = await readFiles(own, request, { kube });
    const message = `profile \`p\` is active for the kube context \`${kube.context ?? ''}\`, but \`deploy.kubeContext\` is \`other\``;
    expect(found).toEqual(contradicts ? [['S014', 'skaffold.yaml', 4, 23, message]] : []);
  });

  it('may choose the context that is current', async () => {
    expect((await readFiles(own, {}, { kube: { context: 'other' } })).found).toEqual([]);
  });
});
