/** `slipway test` on every engine (docs/skaffold-tests.md): custom tests and structure tests of images. */
import { describe, expect, it } from 'vitest';
import type { BuildResult } from '../../src/events/build-results.ts';
import type { TestResult } from '../../src/events/test-results.ts';
import { askEngine } from '../rigs/ask-engine.ts';
import { engines } from '../rigs/engines.ts';
import { processesWith } from '../rigs/leak-check.ts';
import { skaffoldWorld, type SkaffoldWorld } from '../rigs/skaffold-world.ts';

interface TestJson {
  readonly status: string;
  readonly results: readonly BuildResult[];
  readonly tests: readonly TestResult[];
  readonly diagnostics: readonly { readonly code: string; readonly place?: { readonly line: number } }[];
}

const v1 = { envTemplate: { template: 'v1' } };
const structure = (...lines: readonly string[]) => ['schemaVersion: 2.0.0', ...lines, ''].join('\n');

async function testJson(world: SkaffoldWorld, code: number, ...args: readonly string[]): Promise<TestJson> {
  const { stdout } = await world.cli('test', '--output', 'json', ...args).exits(code);
  return JSON.parse(stdout) as TestJson;
}

/** How each test ended, without the registry in its name. */
const endsOf = (world: SkaffoldWorld, { tests }: TestJson) =>
  tests.map(({ name, status, because }) =>
    [name.replace(world.name(''), ''), status, ...(because === undefined ? [] : [because])].join(' '),
  );

describe.each(engines)('test on $name', (engine) => {
  const test = it.skipIf(engine.host === undefined);
  const leftContainers = async (world: SkaffoldWorld): Promise<boolean> =>
    ((await askEngine(engine.socket, 'GET', '/containers/json?all=1')) ?? '').includes(world.word);

  const two = (name: (image: string) => string) => ({
    build: {
      tagPolicy: v1,
      artifacts: [
        { image: name('app'), context: 'app' },
        { image: name('bare'), context: 'bare' },
      ],
    },
    test: [
      { image: name('app'), structureTests: ['tests/app*.yaml'], custom: [{ command: 'echo "IMAGE=$IMAGE"' }] },
      { image: name('bare'), structureTests: ['tests/bare.json'] },
    ],
  });
  const twoFiles = {
    'app/Dockerfile':
      'FROM BASE\nENV WHO=world WORD=WORD\nEXPOSE 80\nCOPY secret /secret\nRUN chmod 600 /secret; mkdir -p -m 777 /tmp /owned; echo a > /owned/file; chown 7:8 /owned/file; ln -s owned /link; ln -s circle /circle; ln -s /secret /to-secret\nUSER 1000\n',
    'app/secret': 'the WORD',
    'bare/Dockerfile': 'FROM scratch\nCOPY . /data\nLABEL word=WORD\nENTRYPOINT ["/data/none"]\n',
    'bare/file': 'content',
    'tests/app.yaml': structure(
      'globalEnvVars: [{key: WHO, value: "$WHO wide"}]',
      'commandTests:',
      '- {name: variables, command: sh, args: [-c, "echo $WHO; echo no >&2"], expectedOutput: ["(?m)^world wide$"], expectedError: ["no"]}',
      '- {name: code, command: sh, args: [-c, exit 3], exitCode: 3}',
      '- name: setup',
      '  setup: [[sh, -c, "echo made > /tmp/made"], [sh, -c, "exit 1"]]',
      '  teardown: [[rm, /tmp/made]]',
      '  command: cat',
      '  args: [/tmp/made]',
      '  expectedOutput: ["(?m)^made$"]',
      '- {name: fresh, command: cat, args: [/tmp/made], exitCode: 1}',
      'fileExistenceTests:',
      '- {name: root, path: /, uid: 0}',
      '- {name: owned, path: /bin/../owned/file, uid: 7, gid: 8, permissions: -rw-r--r--}',
      '- {name: link, path: /link/file, uid: 7}',
      '- {name: link itself, path: /link, permissions: Lrwxrwxrwx}',
      '- {name: circle, path: /circle, permissions: Lrwxrwxrwx}',
      '- {name: below a circle, path: /circle/x, shouldExist: false}',
      `- {name: long, path: /${'a'.repeat(5000)}, shouldExist: false}`,
      '- {name: secret, path: "/secret", permissions: "-rw-------", uid: 0, gid: 0}',
      '- {name: shell, path: /bin/sh, isExecutableBy: any}',
      '- {name: none, path: /none/at/all, shouldExist: false}',
      'fileContentTests:',
      '- {name: secret, path: /secret, expectedContents: ["^the [0-9a-f]{12}$"], excludedContents: [b]}',
      '- {name: through a link, path: /to-secret, expectedContents: ["the"]}',
      'metadataTest:',
      '  envVars: [{key: WORD, value: "^[0-9a-f]+$", isRegex: true}]',
      '  exposedPorts: [80]',
      '  unexposedPorts: [81]',
    ).replace(', excludedContents: [b]', ', excludedContents: [x]'),
    'tests/bare.json': JSON.stringify({
      schemaVersion: '2.0.0',
      fileExistenceTests: [
        { name: 'folder', path: '/data/', permissions: 'drwxr-xr-x' },
        { name: 'file', path: '/data/file', shouldExist: true },
      ],
      fileContentTests: [{ name: 'file', path: '/data/file', expectedContents: ['^content$'] }],
      metadataTest: { entrypoint: ['/data/none'], cmd: [], labels: [{ key: 'word', value: 'WORD' }] },
    }),
  };

  test('builds, then tests images, also one without any program, and leaves no container', async () => {
    await using world = await skaffoldWorld(engine, two, twoFiles);
    const first = await testJson(world, 0);
    expect(first.tests.flatMap(({ failure }) => failure ?? [])).toEqual([]);
    expect(endsOf(world, first)).toEqual([
      ...['app/tests/app.yaml succeeded', 'app/custom-1 succeeded', 'bare/tests/bare.json succeeded'],
    ]);
    expect(first.tests[1]).toEqual({
      ...{ name: `${world.name('app')}/custom-1`, image: world.name('app'), reference: `${world.name('app')}:v1` },
      status: 'succeeded',
    });
    expect(first.results.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    expect((await world.cli('logs', 'latest', 'test/' + world.name('app/custom-1')).exits(0)).stdout).toBe(
      `IMAGE=${world.name('app')}:v1\n`,
    );
    // The second time both images come from the cache.
    const second = await testJson(world, 0);
    expect(second.results.map(({ cache }) => cache)).toEqual([{ hit: true }, { hit: true }]);
    expect(await leftContainers(world)).toBe(false);
  });

  test('reports each failed test, and skips the tests of an image that was not built', async () => {
    await using world = await skaffoldWorld(engine, two, {
      ...twoFiles,
      'tests/app.yaml': structure(
        'commandTests:',
        '- {name: missing, command: /no/such/program}',
        '- {name: output, command: echo, args: [one], expectedOutput: [two], exitCode: 1}',
        'fileExistenceTests: [{name: none, path: /none}]',
        'fileContentTests: [{name: folder, path: /bin, expectedContents: [a]}]',
        'metadataTest: {user: luke}',
      ),
      'bare/Dockerfile': 'FROM scratch\nCOPY missing /\n',
    });
    const failed = await testJson(world, 1);
    expect(endsOf(world, failed)).toEqual([
      ...['app/tests/app.yaml failed', 'app/custom-1 succeeded', 'bare/tests/bare.json skipped dependencyFailed'],
    ]);
    expect(failed.tests[0]?.failure).toMatchObject({ code: 'tests-failed', failed: 5, of: 5 });
    const { stdout } = await world.cli('show', 'latest').exits(0);
    expect(stdout).toContain('5 of 5 tests failed');
    expect(stdout).toContain('command "output": exit code 0, expected 1');
    expect(stdout).toContain('file existence "none": `/none` does not exist');
    expect(await leftContainers(world)).toBe(false);
  });

  test('tests images that are given, and builds nothing', async () => {
    await using world = await skaffoldWorld(engine, two, twoFiles);
    await world.build('--file-output', 'built.json').exits(0);
    const all = await testJson(world, 0, '--build-artifacts', 'built.json');
    expect(all.results).toEqual([]);
    expect(all.tests).toHaveLength(3);
    for (const image of [`${world.name('bare')}=${world.name('bare')}:v1`, `${world.name('bare')}:v1`]) {
      const one = await testJson(world, 0, '-i', image);
      expect(endsOf(world, one)).toEqual(['bare/tests/bare.json succeeded']);
    }
    world.env('SKAFFOLD_IMAGES', `${world.name('app')}=localhost/no/such/image:1`);
    const missing = await testJson(world, 1);
    expect(missing.tests[0]?.failure).toMatchObject({ code: 'image-unavailable' });
    expect(missing.tests[1]?.status).toBe('succeeded');
  });

  test('stops a custom test at its time limit, with all of its processes', async () => {
    await using world = await skaffoldWorld(
      engine,
      (name) => ({
        build: { tagPolicy: v1, artifacts: [{ image: name('bare'), context: 'bare' }] },
        test: [
          {
            image: name('bare'),
            context: 'bare',
            custom: [
              { command: `(while :; do sleep 1; done) & MARK={{.MARK}} sleep 1000`, timeoutSeconds: 1 },
              { command: 'test "$TEST_CONTEXT" = "$PWD" && exit 7' },
            ],
          },
        ],
      }),
      twoFiles,
    );
    world.env('MARK', world.word);
    const { tests } = await testJson(world, 1);
    expect(tests.map(({ failure }) => failure)).toEqual([
      { code: 'timed-out', afterMs: 1000 },
      { code: 'exit-nonzero', exitCode: 7 },
    ]);
    expect(processesWith(world.word)).toEqual([]);
  });

  test('finds every mistake of structure tests before anything is built', async () => {
    await using world = await skaffoldWorld(engine, two, {
      ...twoFiles,
      'tests/app.yaml': structure('commandTest: []', 'fileContentTests: [{path: /a, expectedContents: ["("]}]'),
    });
    const { diagnostics } = await testJson(world, 2);
    expect(diagnostics.map(({ code, place }) => `${code} ${place?.line}`)).toEqual(['W012 2', 'S084 3', 'S085 3']);
    const { stdout } = await world.cli('test', '--dry-run').exits(2);
    expect(stdout).toContain('did you mean `commandTests`?');
    expect(await world.tags()).toEqual([]);
  });
});
