import { describe, expect, it } from 'vitest';
import { locatedMap, plainJson } from '../../../test/rigs/located-yaml.ts';
import { withDefaults } from './defaults.ts';

interface Filled {
  readonly build: Readonly<Record<string, unknown>> & {
    readonly artifacts?: readonly Readonly<Record<string, unknown>>[];
  };
  readonly deploy: unknown;
  readonly portForward?: unknown;
  readonly test?: unknown;
}

function filled(yaml: string): Filled {
  const facts = { home: '/home/me', namespace: 'ns', random: () => '-random' };
  return plainJson(withDefaults(locatedMap(yaml), facts)) as Filled;
}

const gitCommit = { gitCommit: {} };

describe('withDefaults', () => {
  it('builds on this machine and tags by the commit', () => {
    expect(filled('{}')).toEqual({
      build: { local: {}, tagPolicy: gitCommit },
      deploy: { logs: { prefix: 'container' } },
    });
  });

  it.each([
    ['build: {cluster: {}}', 'local'],
    ['build: {googleCloudBuild: {}}', 'local'],
    ['build: {tagPolicy: {sha256: {}}}', 'gitCommit'],
    ['build: {tagPolicy: {inputDigest: {}}}', 'gitCommit'],
    ['build: {tagPolicy: {customTemplate: {}}}', 'gitCommit'],
    ['build: {tagPolicy: {envTemplate: {}}}', 'gitCommit'],
    ['build: {tagPolicy: {dateTime: {}}}', 'gitCommit'],
  ])('keeps the choice of %s', (yaml, absent) => {
    expect(JSON.stringify(filled(yaml))).not.toContain(absent);
  });

  it('limits local builds only if there are some', () => {
    expect(filled('build: {local: {}, artifacts: []}').build['local']).toEqual({});
    expect(filled('build: {artifacts: [{image: a}]}').build['local']).toEqual({ concurrency: 1 });
    expect(filled('build: {artifacts: [{image: a}], local: {concurrency: 0, push: true}}').build['local']).toEqual({
      concurrency: 0,
      push: true,
    });
  });

  it.each([
    ['', { docker: { dockerfile: 'Dockerfile' } }],
    ['docker: {}', { docker: { dockerfile: 'Dockerfile' } }],
    ['docker: {dockerfile: D, target: t}', { docker: { dockerfile: 'D', target: 't' } }],
    ['context: c, bazel: {target: t}', { context: 'c', bazel: { target: 't' } }],
    ['ko: {}', { ko: {} }],
    ['jib: {}', { jib: {} }],
    ['custom: {}', { custom: { dependencies: { paths: ['.'] } } }],
    ['custom: {dependencies: {command: c}}', { custom: { dependencies: { command: 'c' } } }],
    [
      'buildpacks: {}',
      {
        sync: { auto: true },
        buildpacks: {
          builder: 'gcr.io/buildpacks/builder:v1',
          trustBuilder: true,
          projectDescriptor: 'project.toml',
          dependencies: { paths: ['.'] },
        },
      },
    ],
    [
      'buildpacks: {builder: b, projectDescriptor: p, dependencies: {}}',
      { sync: { auto: true }, buildpacks: { builder: 'b', projectDescriptor: 'p', dependencies: {} } },
    ],
    [
      'buildpacks: {buildpacks: [b]}',
      {
        sync: { auto: true },
        buildpacks: { buildpacks: ['b'], projectDescriptor: 'project.toml', dependencies: { paths: ['.'] } },
      },
    ],
    [
      'kaniko: {cache: {}, image: i, copyMaxRetries: 0}',
      {
        kaniko: {
          cache: { cacheRunLayers: true },
          image: 'i',
          dockerfile: 'Dockerfile',
          initImage: 'gcr.io/k8s-skaffold/skaffold-helpers/busybox',
          digestFile: '/dev/termination-log',
          copyMaxRetries: 0,
          copyTimeout: '5m',
          buildContextCompressionLevel: 1,
        },
      },
    ],
    ['docker: {dockerfile: D}, sync: {}', { docker: { dockerfile: 'D' }, sync: { infer: ['**/*'] } }],
    ['jib: {}, sync: {}', { jib: {}, sync: { auto: true } }],
    ['jib: {}, sync: {auto: false}', { jib: {}, sync: { auto: false } }],
    ['ko: {}, sync: {manual: [a]}', { ko: {}, sync: { manual: ['a'] } }],
    ['ko: {}, sync: {infer: [a]}', { ko: {}, sync: { infer: ['a'] } }],
    ['ko: {}, sync: {hooks: {}}', { ko: {}, sync: { hooks: {}, infer: ['**/*'] } }],
    [
      'ko: {}, requires: [{image: b}, {image: c, alias: C}]',
      {
        ko: {},
        requires: [
          { image: 'b', alias: 'b' },
          { image: 'c', alias: 'C' },
        ],
      },
    ],
  ])('fills in an artifact with {%s}', (fields, expected) => {
    const [artifact] = filled(`build: {artifacts: [{image: a, ${fields}}]}`).build.artifacts ?? [];
    expect(artifact).toEqual({ image: 'a', context: '.', ...expected });
  });

  it.each([
    ['', ['kaniko']],
    ['docker: {}', ['docker', 'kaniko']],
    ['custom: {}', ['custom']],
    ['buildpacks: {}', ['buildpacks', 'sync']],
  ])('builds with kaniko in the cluster: {%s}', (fields, keys) => {
    const [artifact] = filled(`build: {cluster: {}, artifacts: [{${fields}}]}`).build.artifacts ?? [];
    expect(Object.keys(artifact ?? {}).sort()).toEqual(['context', ...keys].sort());
    expect(artifact?.['kaniko']).toEqual(
      keys.join() === 'kaniko'
        ? (expect.objectContaining({ dockerfile: 'Dockerfile' }) as unknown)
        : keys.includes('kaniko')
          ? {}
          : undefined,
    );
  });

  it.each([
    ['', { namespace: 'ns', timeout: '20m', pullSecretMountPath: '/secret' }],
    [
      'namespace: n, timeout: 1m, pullSecretMountPath: /m',
      { namespace: 'n', timeout: '1m', pullSecretMountPath: '/m' },
    ],
    [
      'pullSecretPath: ~/key',
      {
        ...{ namespace: 'ns', timeout: '20m', pullSecretMountPath: '/secret' },
        ...{ pullSecretPath: '/home/me/key', pullSecretName: 'kaniko-secret' },
      },
    ],
    [
      'pullSecretPath: /key, randomPullSecret: true',
      {
        ...{ namespace: 'ns', timeout: '20m', pullSecretMountPath: '/secret', randomPullSecret: true },
        ...{ pullSecretPath: '/key', pullSecretName: 'kaniko-secret-random' },
      },
    ],
    [
      'pullSecretName: s, dockerConfig: {path: ~/c}',
      {
        ...{ namespace: 'ns', timeout: '20m', pullSecretMountPath: '/secret', pullSecretName: 's' },
        dockerConfig: { path: '/home/me/c', secretName: 'docker-cfg' },
      },
    ],
    [
      'randomDockerConfigSecret: true, dockerConfig: {}',
      {
        ...{ namespace: 'ns', timeout: '20m', pullSecretMountPath: '/secret', randomDockerConfigSecret: true },
        dockerConfig: { secretName: 'docker-cfg-random' },
      },
    ],
  ])('fills in the cluster {%s}', (fields, expected) => {
    expect(filled(`build: {cluster: {${fields}}}`).build['cluster']).toEqual(expected);
  });

  it('fills in the images of Google Cloud Build', () => {
    expect(filled('build: {googleCloudBuild: {mavenImage: m}}').build['googleCloudBuild']).toEqual({
      dockerImage: 'gcr.io/cloud-builders/docker',
      mavenImage: 'm',
      gradleImage: 'gcr.io/cloud-builders/gradle',
      kanikoImage: 'gcr.io/kaniko-project/executor:latest',
      packImage: 'gcr.io/k8s-skaffold/pack',
      koImage: 'gcr.io/k8s-skaffold/skaffold',
    });
  });

  it('fills in the deployment', () => {
    expect(filled('deploy: {helm: {}, logs: {prefix: none}}').deploy).toEqual({
      helm: { concurrency: 1 },
      logs: { prefix: 'none' },
    });
    expect(filled('deploy: {helm: {concurrency: 0}, kubectl: {}}').deploy).toEqual({
      helm: { concurrency: 0 },
      kubectl: {},
      logs: { prefix: 'container' },
    });
  });

  it('forwards to the same local port if it is a number', () => {
    const yaml = 'portForward: [{port: 80}, {port: http}, {port: 80, localPort: 8080, address: 0.0.0.0}]';
    expect(filled(yaml).portForward).toEqual([
      { port: 80, localPort: 80, address: '127.0.0.1' },
      { port: 'http', address: '127.0.0.1' },
      { port: 80, localPort: 8080, address: '0.0.0.0' },
    ]);
  });

  it('runs tests in the folder of the configuration', () => {
    expect(filled('test: [{image: a}, {image: b, context: c}]').test).toEqual([
      { image: 'a', context: '.' },
      { image: 'b', context: 'c' },
    ]);
  });

  it('changes nothing more the second time', () => {
    const yaml = 'build: {cluster: {dockerConfig: {}}, artifacts: [{image: a, buildpacks: {}}, {image: b}]}';
    const once = filled(yaml);
    expect(filled(JSON.stringify(once))).toEqual(once);
  });
});
