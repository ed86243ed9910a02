import { expect, it } from 'vitest';
import type { ArtifactBuilder } from '../plan/artifact-spec.ts';
import { artifactKind } from './artifact-kind.ts';

const noDependencies = { paths: [], ignore: [] };

it.each<[ArtifactBuilder, readonly string[]]>([
  [
    {
      ...{ type: 'docker', dockerfile: 'Dockerfile', args: [{ name: 'A', value: '1' }], addHosts: [], cacheFrom: [] },
      ...{ noCache: false, pull: 'missing', secrets: [] },
    },
    ['A=1'],
  ],
  [{ type: 'custom', command: 'make', dependencies: { kind: 'patterns', patterns: noDependencies } }, ['make']],
  [
    {
      ...{ type: 'ko', dir: '.', main: './cmd', env: ['B=2'], flags: ['-v'], ldflags: ['-s'], labels: [] },
      dependencies: noDependencies,
    },
    ['package ./cmd', '-v', '-s'],
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
  const spec = { reference: 'app:v1', context: '/src', push: true, builder };
  expect(kind.text(spec as unknown as Parameters<typeof kind.text>[0])).toEqual({
    summary: `${builder.type} app:v1`,
    details: ['context /src', ...details],
    notes: ['pushed'],
  });
});

it('a plan shows the hooks of an artifact, which run on this machine', () => {
  const kind = artifactKind({} as Parameters<typeof artifactKind>[0]);
  const hook = (...command: readonly [string, ...string[]]) => ({ command, os: [] });
  const spec = {
    ...{ reference: 'app:v1', context: '/src', push: false, builder: { type: 'jib', args: [] } },
    hooks: { before: [hook('make', 'assets')], after: [hook('sh', 'scan.sh')] },
  };
  expect(kind.text(spec as unknown as Parameters<typeof kind.text>[0]).details).toEqual([
    'context /src',
    'before hook make assets',
    'after hook sh scan.sh',
  ]);
});
