import { describe, expect, it } from 'vitest';
import type { ArtifactBuild } from '../builder.ts';
import { jibArguments, jibCommand, jibToolOf, type JibOptions } from './jib-arguments.ts';

const build: ArtifactBuild<JibOptions> = {
  image: 'app',
  reference: 'r.io/app:v1',
  context: '/app',
  requires: [{ alias: 'BASE', reference: 'base:v2' }],
  platforms: [],
  options: { args: [] },
};
const push = { insecure: false };
const jsonFile = '-Djib.outputPaths.imageJson=/tmp/j.json';

const maven = ['--batch-mode', 'jib:_skaffold-fail-if-jib-out-of-date', '-Djib.requiredVersion=1.4.0'];
const gradle = ['--console=plain', '_skaffoldFailIfJibOutOfDate', '-Djib.requiredVersion=1.4.0'];
const plain = ['-Djib.console=plain', jsonFile];

describe('the arguments of', () => {
  it.each<[string, Partial<ArtifactBuild>, Partial<JibOptions>, readonly string[]]>([
    ['loads', {}, {}, ['--non-recursive', 'prepare-package', 'jib:dockerBuild', ...plain]],
    ['pushes', { push }, {}, ['--non-recursive', 'prepare-package', 'jib:build', ...plain]],
    [
      'pushes to an insecure registry',
      { push: { insecure: true } },
      {},
      ['--non-recursive', 'prepare-package', 'jib:build', ...plain, '-Djib.allowInsecureRegistries=true'],
    ],
    [
      'builds a module',
      {},
      { project: 'web', args: ['-Pprod'] },
      [
        ...['-Pprod', '--projects', 'web', '--also-make', 'package', 'jib:dockerBuild', '-Djib.containerize=web'],
        ...plain,
      ],
    ],
    [
      'builds for platforms',
      { platforms: ['linux/amd64', 'linux/arm64'], push },
      {},
      [
        ...['--non-recursive', 'prepare-package', 'jib:build', ...plain],
        '-Djib.from.platforms=linux/amd64,linux/arm64',
      ],
    ],
    [
      'takes a base image',
      {},
      { fromImage: 'jre:17' },
      ['--non-recursive', 'prepare-package', 'jib:dockerBuild', ...plain, '-Djib.from.image=jre:17'],
    ],
  ])('Maven: %s', (_what, more, own, argv) => {
    const whole = { ...build, ...more, options: { ...build.options, ...own } };
    const setting = { tool: 'maven', wrapper: false, imageJson: '/tmp/j.json' } as const;
    expect(jibArguments(whole, setting)).toEqual([...maven, ...argv, '-Dimage=r.io/app:v1']);
  });

  it.each<[string, Partial<ArtifactBuild>, Partial<JibOptions>, readonly string[]]>([
    ['loads', {}, {}, [':jibDockerBuild', ...plain]],
    ['pushes', { push }, { args: ['-x', 'test'] }, [':jib', '-x', 'test', ...plain]],
    ['builds a module', { push }, { project: 'web' }, [':web:jib', ...plain]],
    ['builds a nested module', { push }, { project: ':apps:web' }, [':apps:web:jib', ...plain]],
    [
      'takes a required image of the engine',
      {},
      { fromImage: 'BASE' },
      [':jibDockerBuild', ...plain, '-Djib.from.image=docker://base:v2'],
    ],
    [
      'takes a required image of a registry',
      { push },
      { fromImage: 'BASE' },
      [':jib', ...plain, '-Djib.from.image=base:v2'],
    ],
  ])('Gradle: %s', (_what, more, own, argv) => {
    const whole = { ...build, ...more, options: { ...build.options, ...own } };
    const setting = { tool: 'gradle', wrapper: false, imageJson: '/tmp/j.json' } as const;
    expect(jibArguments(whole, setting)).toEqual([...gradle, ...argv, '-Djib.to.image=r.io/app:v1']);
  });
});

it.each([
  ['maven', false, 'mvn'],
  ['maven', true, '/app/mvnw'],
  ['gradle', false, 'gradle'],
  ['gradle', true, '/app/gradlew'],
] as const)('%s with a wrapper %s runs %s', (tool, wrapper, program) => {
  const { argv, cwd } = jibCommand(build, { tool, wrapper, imageJson: '/tmp/j.json' }, {});
  expect([argv[0], cwd]).toEqual([program, '/app']);
});

it.each([
  [['pom.xml'], 'maven'],
  [['.mvn'], 'maven'],
  [['build.gradle.kts'], 'gradle'],
  [['pom.xml', 'gradlew'], 'gradle'],
  [['Makefile'], undefined],
])('a project with %j is built by %s', (files, tool) => expect(jibToolOf((name) => files.includes(name))).toBe(tool));
