import { describe, expect, test } from 'vitest';
import { plainBuild } from '../../../../test/rigs/plain-build.ts';
import type { ImageBuild } from '../../image-builder.ts';
import type { BuilderJob } from './builder-program.ts';
import { kanikoCommand } from './kaniko-command.ts';

const push = (reference: string, insecure = false) => ({ reference, insecure });

function job(build: Partial<ImageBuild>): BuilderJob {
  const made = kanikoCommand({ ...plainBuild, ...build }, 'FROM busybox\n');
  if (made.status !== 'succeeded') throw new Error(JSON.stringify(made));
  return made.value;
}
const files = ({ files: all }: BuilderJob) =>
  Object.fromEntries(all.map(({ name, content, mode }) => [name, `${mode.toString(8)} ${String(content)}`]));

const always = [
  '/kaniko/executor',
  '--force',
  '--context=dir:///kaniko/buildcontext',
  '--dockerfile=/kaniko/slipway/Dockerfile',
  '--digest-file=/kaniko/results/digest',
  '--log-format=color',
];

test.each<[string, Partial<ImageBuild>, readonly string[]]>([
  ['without a push', {}, ['--no-push']],
  [
    'every name is pushed',
    { pushes: [push('registry.example/team/app:1'), push('registry.example/team/app:2')] },
    ['--destination=registry.example/team/app:1', '--destination=registry.example/team/app:2'],
  ],
  [
    'a registry without TLS',
    { pushes: [push('r.example/a:1', true)] },
    ['--insecure', '--skip-tls-verify', '--destination=r.example/a:1'],
  ],
  [
    'base images of a registry without TLS',
    { insecure: true },
    ['--insecure-pull', '--skip-tls-verify-pull', '--no-push'],
  ],
  [
    'arguments and labels',
    { args: [{ name: 'A', value: 'b c' }], labels: { 'example.org/key': 'the value' } },
    ['--build-arg=A=b c', '--label=example.org/key=the value', '--no-push'],
  ],
  [
    'a stage and a platform',
    { target: 'first stage', platforms: ['linux/arm64'] },
    ['--target=first stage', '--custom-platform=linux/arm64', '--no-push'],
  ],
  ['no cache, which Kaniko does not have anyway', { noCache: true }, ['--no-push']],
])('%s', (_, build, flags) => {
  expect(job(build).command).toEqual([...always, ...flags]);
});

test('the Dockerfile is where no rules of the context apply', () => {
  expect(files(job({}))).toEqual({ Dockerfile: '644 FROM busybox\n', 'Dockerfile.dockerignore': '644 ' });
  expect(job({}).env).toEqual({});
});

test('credentials are a file that a variable names', () => {
  const made = job({ login: { config: '{"auths":{"r.example":{"auth":"eDp5"}},"credsStore":"desktop"}' } });
  expect(made.env).toEqual({ DOCKER_CONFIG: '/kaniko/slipway' });
  expect(files(made)['config.json']).toBe('600 {"auths":{"r.example":{"auth":"eDp5"}}}');
});

describe('secrets', () => {
  const hides = (text: string) => text.includes('hush');
  test('of an argument are in a file that the shell of the debug image reads', () => {
    const made = job({
      args: [
        { name: 'TOKEN', value: "hush'hush" },
        { name: 'OPEN', value: '1' },
      ],
      hides,
    });
    expect(made.command).toEqual([
      '/busybox/sh',
      '/kaniko/slipway/enter',
      ...always,
      '--build-arg=TOKEN',
      '--build-arg=OPEN=1',
      '--no-push',
    ]);
    expect(files(made)['enter']).toBe(`600 export TOKEN='hush'\\''hush'\nexec "$@"\n`);
    expect(made.needs).toContain('-debug');
    expect(JSON.stringify([made.command, made.env])).not.toContain('hush');
  });

  test('that are passed as arguments are hidden, whatever the mask knows', () => {
    const made = job({ args: [{ name: 'TOKEN', value: 'value' }], secrets: new Map([['TOKEN', 'value']]) });
    expect(JSON.stringify([made.command, made.env])).not.toContain('value');
  });

  test.each<[string, Partial<ImageBuild>]>([
    ['that are mounted', { secrets: new Map([['TOKEN', 'hush']]) }],
    ['in an argument whose name no shell can set', { args: [{ name: 'a-b', value: 'hush' }], hides }],
    ['in the name of a stage', { target: 'hush', hides }],
    ['in a name', { pushes: [push('r.example/hush:1')], hides }],
  ])('%s are refused', (_, build) => {
    expect(kanikoCommand({ ...plainBuild, ...build }, '')).toMatchObject({
      status: 'failed',
      failure: { code: 'unsupported' },
    });
  });
});
