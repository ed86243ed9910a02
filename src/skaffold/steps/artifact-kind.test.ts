import { expect, it } from 'vitest';
import type { ArtifactBuilder } from '../plan/artifact-spec.ts';
import { artifactKind } from './artifact-kind.ts';

const noDependencies = { paths: [], ignore: [] };

it.each<[ArtifactBuilder, readonly string[]]>([
  [
    {
      ...{
        type: 'docker',
        dockerfile: 'Dockerfile',
        target: 'prod',
        args: [{ name: 'A', value: '1' }],
        addHosts: [],
        cacheFrom: [],
      },
      ...{ noCache: false, pull: 'missing', secrets: [] },
    },
    ['target prod', 'build argument A=1'],
  ],
  [{ type: 'custom', command: 'make', dependencies: { kind: 'patterns', patterns: noDependencies } }, ['make']],
  [
    {
      ...{ type: 'ko', dir: '.', main: './cmd', env: ['B=2'], flags: ['-v'], ldflags: ['-s'], labels: [] },
      dependencies: noDependencies,
    },
    ['package ./cmd', 'flags -v', 'ldflags -s'],
  ],
  [{ type: 'jib', args: ['-Pprod'] }, ['-Pprod']],
  [{ type: 'jib', args: [], project: 'web' }, ['module web']],
  [{ type: 'bazel', target: '//:app.tar', args: ['-c'], platforms: [] }, ['target //:app.tar', '-c']],
  [
    {
      ...{ type: 'buildpacks', builder: 'b:1', env: [], buildpacks: ['one'], trustBuilder: false, clearCache: false },
      ...{ projectDescriptor: 'project.toml', volumes: [], args: [], dependencies: noDependencies },
    },
    ['builder b:1', 'one'],
  ],
])('a plan shows how $type differs for its artifact', (builder, details) => {
  const kind = artifactKind({} as Parameters<typeof artifactKind>[0]);
  const spec = { reference: 'app:v1', context: '/src', requires: [], platforms: [], push: true, builder };
  expect(kind.text(spec as unknown as Parameters<typeof kind.text>[0])).toEqual({
    summary: `${builder.type} app:v1`,
    details: ['context /src', ...details],
    notes: ['pushed'],
  });
});

it.each([
  ['docker', 'build argument BASE=base:v1'],
  ['jib', 'required image BASE=base:v1'],
])('a plan of %s shows the platforms and the required images', (type, required) => {
  const kind = artifactKind({} as Parameters<typeof artifactKind>[0]);
  const spec = {
    ...{ reference: 'app:v1', context: '/src', push: false, builder: { type, args: [] } },
    ...{ requires: [{ alias: 'BASE', reference: 'base:v1' }], platforms: ['linux/amd64', 'linux/arm64'] },
  };
  expect(kind.text(spec as unknown as Parameters<typeof kind.text>[0]).details).toEqual([
    'context /src',
    'platforms linux/amd64, linux/arm64',
    required,
  ]);
});

it('a plan shows the hooks of an artifact, which run on this machine', () => {
  const kind = artifactKind({} as Parameters<typeof artifactKind>[0]);
  const hook = (...command: readonly [string, ...string[]]) => ({ command, os: [] });
  const spec = {
    ...{ reference: 'app:v1', context: '/src', push: false, builder: { type: 'jib', args: [] } },
    ...{ requires: [], platforms: [] },
    hooks: { before: [hook('make', 'assets')], after: [hook('sh', 'scan.sh')] },
  };
  expect(kind.text(spec as unknown as Parameters<typeof kind.text>[0]).details).toEqual([
    'context /src',
    'before hook make assets',
    'after hook sh scan.sh',
  ]);
});
