import { describe, expect, it } from 'vitest';
import type { ArtifactBuild } from '../builder.ts';
import { buildpacksInputs, packCommand, type BuildpacksOptions } from './buildpacks-arguments.ts';

const options: BuildpacksOptions = {
  env: [],
  buildpacks: [],
  trustBuilder: false,
  clearCache: false,
  projectDescriptor: 'project.toml',
  volumes: [],
  args: [],
  dependencies: { paths: [], ignore: [] },
};
const build: ArtifactBuild<BuildpacksOptions> = {
  image: 'app',
  reference: 'r.io/team/app:v1',
  context: '/work',
  requires: [
    { alias: 'BUILDER', reference: 'builder:v2' },
    { alias: 'RUN', reference: 'run:v2' },
  ],
  platforms: [],
  options,
};
const push = { insecure: false };
const local = ['r.io/team/app:latest', '--tag', 'r.io/team/app:v1', '--path', '.', '--no-color'];
const published = ['r.io/team/app:v1', '--publish', '--path', '.', '--no-color'];

describe('the command of pack', () => {
  it.each<[string, Partial<ArtifactBuild>, Partial<BuildpacksOptions>, readonly string[]]>([
    ['keeps the cache of the name', {}, {}, local],
    ['publishes', { push }, {}, published],
    [
      'publishes to an insecure registry',
      { push: { insecure: true } },
      {},
      [...published, '--insecure-registry', 'r.io'],
    ],
    ['takes images', {}, { builder: 'b:1', runImage: 'r:1' }, [...local, '--builder', 'b:1', '--run-image', 'r:1']],
    [
      'pulls no image of this run',
      {},
      { builder: 'BUILDER', runImage: 'RUN' },
      [...local, '--builder', 'builder:v2', '--run-image', 'run:v2', '--pull-policy', 'never'],
    ],
    [
      'pulls the other image',
      {},
      { builder: 'b:1', runImage: 'RUN' },
      [...local, '--builder', 'b:1', '--run-image', 'run:v2', '--pull-policy', 'if-not-present'],
    ],
    [
      'pulls the run image of a builder of this run',
      {},
      { builder: 'BUILDER' },
      [...local, '--builder', 'builder:v2', '--pull-policy', 'if-not-present'],
    ],
    [
      'passes lists',
      {},
      {
        env: ['A=1', 'B=x y'],
        buildpacks: ['one', 'two@3'],
        volumes: [
          { host: '/cache', target: '/c' },
          { host: 'name', target: '/n', options: 'rw' },
        ],
        args: ['--verbose'],
      },
      [
        ...local,
        ...['--env', 'A=1', '--env', 'B=x y', '--buildpack', 'one', '--buildpack', 'two@3'],
        ...['--volume', '/cache:/c', '--volume', 'name:/n:rw', '--verbose'],
      ],
    ],
    ['passes switches', {}, { trustBuilder: true, clearCache: true }, [...local, '--trust-builder', '--clear-cache']],
    ['builds for a platform', { platforms: ['linux/arm64'] }, {}, [...local, '--platform', 'linux/arm64']],
  ])('%s', (_what, more, own, argv) => {
    const command = packCommand({ ...build, ...more, options: { ...options, ...own } }, false, {});
    expect(command.argv).toEqual(['pack', 'build', ...argv]);
    expect(command.cwd).toBe('/work');
  });

  it('names a project descriptor that exists', () =>
    expect(packCommand(build, true, {}).argv.slice(-2)).toEqual(['--descriptor', 'project.toml']));
});

it.each([
  [{}, { include: ['.'], exclude: [], files: ['project.toml'] }],
  [
    { dependencies: { paths: ['src'], ignore: ['*.md'] } },
    { include: ['src'], exclude: ['*.md'], files: ['project.toml'] },
  ],
])('the inputs of %j', (own, inputs) => expect(buildpacksInputs({ ...options, ...own })).toEqual(inputs));
