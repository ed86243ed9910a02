import { describe, expect, it } from 'vitest';
import type { ArtifactBuild } from '../builder.ts';
import { koCommand } from './ko-arguments.ts';
import { koInputs, type KoOptions } from './ko-options.ts';

const options: KoOptions = {
  dir: '.',
  main: '.',
  env: [],
  flags: [],
  ldflags: [],
  labels: [],
  dependencies: { paths: [], ignore: [] },
};
const build: ArtifactBuild<KoOptions> = {
  image: 'app',
  reference: 'r.io/team/app:v1',
  context: '/app',
  requires: [],
  platforms: [],
  options,
};
const command = (own: Partial<KoOptions>, more: Partial<ArtifactBuild> = {}, config?: string) =>
  koCommand(
    { ...build, ...more, options: { ...options, ...own } },
    { imageRefs: '/tmp/refs', ...(config !== undefined && { config }) },
    { PATH: '/bin', GOOS: 'darwin' },
  );

const push = { insecure: false };

describe('the command of ko', () => {
  it('loads the image into the engine', () =>
    expect(command({})).toEqual({
      argv: ['ko', 'build', '.', '--bare', '--tags=v1', '--sbom=none', '--local'],
      cwd: '/app',
      env: { PATH: '/bin', GOOS: 'darwin', KO_DOCKER_REPO: 'r.io/team/app' },
      install: 'https://ko.build/install/',
    }));

  it.each<[string, Partial<KoOptions>, Partial<ArtifactBuild>, readonly string[]]>([
    ['pushes', {}, { push }, ['.', '--bare', '--tags=v1', '--sbom=none', '--image-refs=/tmp/refs']],
    [
      'pushes to an insecure registry',
      {},
      { push: { insecure: true } },
      ['.', '--bare', '--tags=v1', '--sbom=none', '--image-refs=/tmp/refs', '--insecure-registry'],
    ],
    ['has no tag', {}, { reference: '127.0.0.1:5000/app' }, ['.', '--bare', '--sbom=none', '--local']],
    [
      'builds for platforms',
      {},
      { platforms: ['linux/amd64', 'linux/arm64'], push },
      ['.', '--bare', '--tags=v1', '--platform=linux/amd64,linux/arm64', '--sbom=none', '--image-refs=/tmp/refs'],
    ],
    [
      'quotes labels',
      {
        labels: [
          { name: 'a', value: '1' },
          { name: 'b', value: 'x,"y"' },
        ],
      },
      {},
      ['.', '--bare', '--tags=v1', '--image-label=a=1', '--image-label="b=x,""y"""', '--sbom=none', '--local'],
    ],
  ])('%s', (_what, own, more, argv) => expect(command(own, more).argv.slice(2)).toEqual(argv));

  it.each([
    ['app', '.', '.'],
    ['app', './cmd/app', './cmd/app'],
    ['app', 'cmd/app', './cmd/app'],
    ['app', 'cmd/app/main.go', './cmd/app'],
    ['app', 'main.go', '.'],
    ['app', '../other', '../other'],
    ['app', 'example.com/team/app', 'example.com/team/app'],
    ['ko://example.com/team/app', '.', 'ko://example.com/team/app'],
  ])('builds of image %s and main %s the package %s', (image, main, built) =>
    expect(command({ main }, { image }).argv[2]).toBe(built),
  );

  it('runs in its folder', () => expect(command({ dir: 'go/app' }).cwd).toBe('/app/go/app'));

  it('leaves platforms to its flag', () =>
    expect(command({}, { platforms: ['linux/arm64'] }).env).toMatchObject({ GOOS: undefined, GOARCH: undefined }));

  it('gets its base image and configuration', () =>
    expect(command({ fromImage: 'base:1' }, {}, '/tmp/ko.yaml').env).toMatchObject({
      KO_DEFAULTBASEIMAGE: 'base:1',
      KO_CONFIG_PATH: '/tmp/ko.yaml',
    }));
});

describe('the inputs of ko', () => {
  it.each([
    [{}, { include: ['**/*.go', '**/kodata/**'], exclude: [], files: ['.ko.yaml', 'go.mod', 'go.sum'] }],
    [
      { dir: 'go', dependencies: { paths: ['go/**'], ignore: ['**/*_test.go'] } },
      { include: ['go/**'], exclude: ['**/*_test.go'], files: ['go/.ko.yaml', 'go/go.mod', 'go/go.sum'] },
    ],
  ])('%j', (own, inputs) => expect(koInputs({ ...options, ...own })).toEqual(inputs));
});
