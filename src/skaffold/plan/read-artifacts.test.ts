import { describe, expect, it } from 'vitest';
import { configurationsOf, lineOf } from '../../../test/rigs/skaffold-configurations.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { expandTemplate } from './expand-template.ts';
import { readArtifacts, type ArtifactRequest } from './read-artifacts.ts';

const surroundings = {
  ...{ environment: () => undefined, now: 0, zone: 'UTC', randomBytes: (count: number) => Buffer.alloc(count) },
  run: () => ({ failure: 'no programs' }),
};

async function read(yaml: string, images: readonly string[] = [], more: Partial<ArtifactRequest> = {}) {
  const found: Diagnostic[] = [];
  const env = { WHO: 'me', GIVEN: 'from-env' };
  const artifacts = readArtifacts(
    await configurationsOf(yaml),
    { images, env, expand: (node, report) => expandTemplate(node, { env, surroundings }, report), ...more },
    (diagnostic) => found.push(diagnostic),
  );
  return { artifacts, found: found.map(lineOf), diagnostics: found };
}

const list = (...artifacts: readonly string[]) =>
  `build:\n  artifacts:\n${artifacts.map((one) => `  - ${one}\n`).join('')}`;

describe('mistakes in artifacts', () => {
  it.each<[string, string, readonly string[], readonly string[]]>([
    [
      'two with one image',
      list('image: a', 'image: b', 'image: a'),
      [],
      ['S020 5:12 two artifacts build the image `a`'],
    ],
    [
      'a missing requirement',
      list('{ image: app, requires: [{ image: bas }] }', 'image: base'),
      [],
      ['S021 3:39 `app` requires `bas`, but no artifact builds it, did you mean `base`?'],
    ],
    ['itself', list('{ image: a, requires: [{ image: a }] }'), [], ['S022 3:14 circular reference: `a` requires `a`']],
    [
      'a circle',
      list(
        '{ image: x, requires: [{ image: a }] }',
        '{ image: a, requires: [{ image: b }] }',
        '{ image: b, requires: [{ image: a }] }',
      ),
      [],
      ['S022 4:14 circular reference: `a` requires `b` requires `a`'],
    ],
    [
      'options that no API has',
      list('{ image: a, docker: { squash: true, cliFlags: [--isolation] } }'),
      [],
      [
        'S024 3:27 `squash` is not supported: BuildKit has no such option',
        'S024 3:52 `--isolation` is not supported: the API of engines has no such option',
      ],
    ],
    [
      'an unknown selection',
      list('image: app'),
      ['ap2'],
      ['S025 - no artifact has an image with `ap2`, did you mean `app`?'],
    ],
    [
      'a hook whose program has no name',
      list('{ image: a, hooks: { before: [{ command: [""] }] } }'),
      [],
      ['S027 3:46 `command` is ``, but must be a program and its arguments'],
    ],
    [
      'a host without an address',
      list('{ image: a, docker: { addHost: [a, "b:1.2.3.4"] } }'),
      [],
      ['S027 3:37 `addHost` is `a`, but must be NAME:ADDRESS'],
    ],
    [
      'templates, at their scalars',
      list(
        '{ image: a, docker: { buildArgs: { A: "{{.X", B: "{{nope}}" } } }',
        '{ image: b, custom: { buildCommand: "{{" } }',
      ),
      [],
      [
        expect.stringMatching(/^S\d+ 3:43 /),
        expect.stringMatching(/^S\d+ 3:54 /),
        expect.stringMatching(/^S\d+ 4:41 /),
      ],
    ],
  ])('%s', async (_, yaml, images, expected) => expect((await read(yaml, images)).found).toEqual(expected));

  it('names the first of two artifacts', async () => {
    const { diagnostics } = await read(list('image: a', 'image: a'));
    expect(diagnostics[0]?.related).toMatchObject([{ message: 'the first one', place: { line: 5 } }]);
  });

  it('are reported only of what is selected, except those that connect artifacts', async () => {
    const yaml = list(
      '{ image: ok }',
      '{ image: bad, docker: { addHost: [a] } }',
      '{ image: lost, requires: [{ image: missing }] }',
    );
    expect((await read(yaml, ['ok'])).found.map((line) => line.slice(0, 4))).toEqual(['S021']);
    expect((await read(yaml)).found.map((line) => line.slice(0, 4))).toEqual(['S021', 'S027']);
  });
});

describe('the selection of artifacts', () => {
  const yaml = list(
    '{ image: team/app, requires: [{ image: lib }] }',
    '{ image: lib, requires: [{ image: base }] }',
    'image: base',
    'image: team/other',
  );

  it.each<[readonly string[], readonly string[]]>([
    [[], ['team/app', 'lib', 'base', 'team/other']],
    [['base'], ['base']],
    [['app'], ['team/app', 'lib', 'base']],
    [['team/'], ['team/app', 'lib', 'base', 'team/other']],
    [
      ['base', 'other'],
      ['base', 'team/other'],
    ],
  ])('by %j is %j', async (images, expected) => {
    const { artifacts, found } = await read(yaml, images);
    expect([artifacts.map(({ image }) => image), found]).toEqual([expected, []]);
  });
});

describe('an artifact', () => {
  it('has the defaults of Docker', async () => {
    const { artifacts } = await read(list('image: app'));
    expect(artifacts).toMatchObject([
      {
        ...{ image: 'app', context: '/p', requires: [], platforms: [] },
        builder: {
          ...{ type: 'docker', dockerfile: 'Dockerfile', args: [], addHosts: [], cacheFrom: [], secrets: [] },
          ...{ noCache: false, pull: 'missing' },
        },
      },
    ]);
    for (const field of ['target', 'network', 'ssh']) expect(artifacts[0]?.builder).not.toHaveProperty(field);
  });

  it('has the options of its builder', async () => {
    const docker = `
    docker:
      dockerfile: Dockerfile.prod
      target: prod
      network: Host
      ssh: default
      noCache: true
      pullParent: true
      cacheFrom: [a:1]
      addHost: ["db:::1"]
      buildArgs: { A: "{{.WHO}}", GIVEN: null, ABSENT: null, E: "" }
      secrets: [{ id: one }, { id: two, src: f }, { id: three, env: V }]`;
    const { artifacts, found } = await read(
      list(`image: app\n    context: sub\n    platforms: [linux/arm64]${docker}`),
    );
    expect(found).toEqual([]);
    expect(artifacts).toMatchObject([
      {
        context: '/p/sub',
        platforms: ['linux/arm64'],
        builder: {
          ...{ type: 'docker', dockerfile: 'Dockerfile.prod', target: 'prod', network: 'host', ssh: 'default' },
          ...{ noCache: true, pull: 'always', cacheFrom: ['a:1'], addHosts: [{ name: 'db', address: '::1' }] },
          args: [
            { name: 'A', value: 'me' },
            { name: 'GIVEN', value: 'from-env' },
            { name: 'E', value: '' },
          ],
          secrets: [
            { id: 'one' },
            { id: 'two', file: expect.stringMatching(/f$/) as string },
            { id: 'three', variable: 'V' },
          ],
        },
      },
    ]);
  });

  it('has what its configuration says of BuildKit', async () => {
    const yaml = `build:\n  local: { useBuildkit: false, useDockerCLI: true }\n  artifacts: [{ image: a, docker: { squash: false, cliFlags: [--label, x=y] } }]\n`;
    const { artifacts, found } = await read(yaml);
    expect(artifacts).toMatchObject([{ builder: { buildkit: false, labels: [{ name: 'x', value: 'y' }] } }]);
    expect(found).toEqual([]);
  });

  it('has nothing of `build.cluster` if the command line names an engine', async () => {
    const yaml = `build:\n  cluster: { namespace: ci, pullSecretPath: key.json }\n  artifacts: [{ image: a }]\n`;
    const there = await read(yaml);
    expect(there.artifacts).toMatchObject([{ builder: { type: 'kaniko' }, cluster: { namespace: 'ci' } }]);
    expect(there.found).toEqual([expect.stringContaining('S024 2:29 `pullSecretPath` is not supported')]);
    const here = await read(yaml, [], { withoutCluster: true });
    expect(here.artifacts[0]).not.toHaveProperty('cluster');
    expect(here.found).toEqual([]);
  });

  it('has the platforms of its configuration, and its own instead', async () => {
    const yaml = `build:\n  platforms: [linux/amd64]\n  artifacts: [{ image: a }, { image: b, platforms: [linux/arm64] }]\n`;
    expect((await read(yaml)).artifacts.map(({ platforms }) => platforms)).toEqual([['linux/amd64'], ['linux/arm64']]);
  });

  it('knows required images by their alias, else by their name', async () => {
    const { artifacts } = await read(
      list('image: a', '{ image: b, requires: [{ image: a }, { image: a, alias: X }] }'),
    );
    expect(artifacts[1]?.requires).toMatchObject([
      { image: 'a', alias: 'a' },
      { image: 'a', alias: 'X' },
    ]);
  });

  it('has a custom command with its templates expanded', async () => {
    expect(
      (await read(list('{ image: a, custom: { buildCommand: "make {{.WHO}} {{.X}}" } }'))).artifacts,
    ).toMatchObject([{ builder: { type: 'custom', command: 'make me <no value>' } }]);
  });
});
