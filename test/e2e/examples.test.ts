/** Runs every example through the command line on every runtime that supports it. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { baseImage, engines } from '../rigs/engines.ts';
import { nameImage, removeImage } from '../rigs/engine-images.ts';
import { copyOfExample, ExampleBuild, examplesFolder, publicImage, type Example } from '../rigs/example.ts';
import { engineLeftovers } from '../rigs/leak-check.ts';

const run = promisify(execFile);

const isInPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

const runtimes = [{ name: 'host', host: '', socket: undefined }, ...engines];

describe.each(runtimes)('on $name', ({ name, host, socket }) => {
  const test = it.skipIf(host === undefined);
  const on = name === 'host' ? 'host' : 'docker';

  async function started(example: string): Promise<Example> {
    if (socket !== undefined) await nameImage(socket, baseImage, publicImage);
    return await copyOfExample(example, host);
  }

  async function leftNothing(example: Example): Promise<void> {
    const left =
      socket === undefined
        ? await example.project.leftovers()
        : await engineLeftovers(socket, { 'slipway.dev/run': await example.id() });
    expect(left).toEqual([]);
  }

  test('hello greets, then counts', async () => {
    await using example = await started('hello');
    const { stdout } = await example.cli(['run', '--on', on]).exits(0);
    expect(stdout).toContain('hello from Linux');
    expect(stdout).toContain('bonjour');
    expect(stdout).toMatch(/count\/files .*1 files in the workspace/);
    expect(await example.ends()).toEqual({
      'greet/english': 'succeeded',
      'greet/french': 'succeeded',
      'count/files': 'succeeded',
    });
    await leftNothing(example);
  });

  test('fails fails where it says, and runs its notification', async () => {
    await using example = await started('fails');
    const { stdout } = await example.cli(['run', '--on', on]).exits(1);
    expect(await example.ends()).toEqual({
      'test/unit': 'failed',
      'test/lint': 'cancelled',
      'deploy/production': 'skipped',
      'tell/someone': 'succeeded',
    });
    // The order of the two streams depends on the engine.
    expect(stdout).toMatch(/last lines +(?:12 tests passed|src\/main\.ts\(3,7\) wrong type)\n/);
    expect(stdout.match(/(12 tests passed|wrong type)$/gm)).toHaveLength(4);
    await leftNothing(example);
  });

  test('artifacts-and-cache counts its runs and passes the page on', async () => {
    await using example = await started('artifacts-and-cache');
    for (const times of [1, 2]) {
      const { stdout } = await example.cli(['run', '--on', on]).exits(0);
      expect(stdout).toContain(`<p>built ${times} times</p>`);
    }
    expect(await example.ends()).toEqual({
      'build/page': 'succeeded',
      'check/page': 'succeeded',
      'check/links': 'failed',
    });
    await example.cli(['artifacts', 'latest', '--to', 'out']).exits(0);
    expect(await example.project.read('out/dist/index.html')).toBe('<p>built 2 times</p>\n');
    await leftNothing(example);
  });

  // The host has no images, so it cannot build any.
  it.skipIf(host === undefined || socket === undefined)(
    'build-test-deploy builds an image and tests it, deploying nowhere',
    async () => {
      await using example = await started('build-test-deploy');
      const version = `test-${randomBytes(4).toString('hex')}`;
      try {
        const { stdout } = await example
          .cli(['run', '--on', on, '-i', `version=${version}`, '-i', 'tests=all'])
          .exits(0);
        expect(stdout).toContain('ok: the version');
        expect(stdout).toContain('ok: the page');
        expect(await example.ends()).toEqual({
          'build/web': 'succeeded',
          'test/web': 'succeeded',
          'deploy/web': 'skipped',
        });
        expect((await example.cli(['artifacts', 'latest']).exits(0)).stdout).toContain(`localhost/web:${version}`);
        await leftNothing(example);
      } finally {
        if (socket !== undefined) await removeImage(socket, `localhost/web:${version}`);
      }
    },
  );
});

describe.each(engines)('skaffold.yaml, on $name', ({ host, socket }) => {
  const test = it.skipIf(host === undefined);

  async function building(name: string): Promise<ExampleBuild> {
    await nameImage(socket, baseImage, publicImage);
    return new ExampleBuild(await copyOfExample(name, host), socket);
  }

  test('skaffold-docker builds an image from another one, again for a profile, and else not', async () => {
    await using example = await building('skaffold-docker');
    const first = await example.build();
    expect(Object.keys(first)).toEqual(['site-base', 'site']);
    const site = first['site']?.reference ?? '';
    expect(await example.printed(site, 'cat /www/index.html /www/greeting')).toBe('<p>A page</p>\nhello\n');
    const second = await example.build();
    expect(Object.values(second).map(({ cache }) => cache)).toEqual([{ hit: true }, { hit: true }]);
    const loud = await example.build('--profile', 'loud');
    expect(Object.values(loud).map(({ cache }) => cache)).toEqual([
      { hit: true },
      { missed: 'option buildArgs.GREETING changed', reasons: ['option buildArgs.GREETING changed'] },
    ]);
    expect(await example.printed(site, 'cat /www/greeting')).toBe('HELLO\n');
  });

  test('skaffold-modules builds all modules, or one', async () => {
    await using example = await building('skaffold-modules');
    expect(Object.keys(await example.build())).toEqual(['shop-api', 'shop-web']);
    expect(Object.keys(await example.build('--module', 'api'))).toEqual(['shop-api']);
    const tiny = await example.build('--profile', 'tiny');
    expect(tiny['shop-web']?.cache).toMatchObject({ missed: 'option target changed' });
  });

  test('skaffold-tests builds and tests', async () => {
    await using example = await building('skaffold-tests');
    const { tests } = await example.tested();
    expect(tests.map(({ name, status }) => `${name} ${status}`)).toEqual([
      ...['greeter/tests/greeter.yaml succeeded', 'greeter/custom-1 succeeded'],
      'greeter-page/tests/page.yaml succeeded',
    ]);
  });

  test('skaffold-verify verifies its image, and runs an action', async () => {
    await using example = await building('skaffold-verify');
    await example.containers('verify');
    expect(await example.example.ends()).toEqual({
      ...{ 'build/checker': 'succeeded', 'verify/rules': 'succeeded', 'verify/clock': 'succeeded' },
    });
    await example.containers('exec', 'report');
    expect((await example.example.cli(['logs', 'latest', 'summary']).exits(0)).stdout).toContain('Two rules');
  });

  test('skaffold-profiles builds variants of one image', async () => {
    await using example = await building('skaffold-profiles');
    const built = async (...args: readonly string[]) => {
      const { notes } = await example.build(...args);
      return await example.printed(notes?.reference ?? '', 'cat /notes');
    };
    expect(await built()).toBe('development green\nand more\n');
    expect(await built('-p', 'small')).toBe('development green\n');
    expect(await built('-p', 'release')).toBe('production none\nand more\n');
    expect(await built('-p', 'release,small')).toBe('production none\n');
    const tagOf = async (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
      /notes:(\S+)/.exec(
        (await example.example.cli(['build', '--dry-run', '--output', 'text', ...args], env).exits(0)).stdout,
      )?.[1];
    expect(await tagOf({ VERSION: '7' })).toBe('version-7');
    expect(await tagOf({ VERSION: '7' }, '-p', '-versioned')).not.toContain('version');
  });

  test('skaffold-hooks makes the page before the image', async () => {
    await using example = await building('skaffold-hooks');
    const { page } = await example.build();
    expect(await example.printed(page?.reference ?? '', 'cat /www/index.html')).toBe('<p>1 by nobody</p>\n');
    expect((await example.build())['page']?.cache).toEqual({ hit: true });
  });

  // A Docker that is built from source may lack `docker-proxy`, which publishes ports. Brief runs may use such a one.
  test(
    'skaffold-deploy serves its page until it is deleted',
    { skip: process.env['SLIPWAY_BRIEF'] !== undefined },
    async () => {
      await using example = await building('skaffold-deploy');
      const label = { 'slipway.dev/deploy': `page-server${await example.rename()}` };
      try {
        const stdout = await example.deployed('--on', 'docker');
        const address = /service\/page-server port 8080 is at (\S+)/.exec(stdout)?.[1] ?? 'no address';
        expect(await (await fetch(`http://${address}`)).text()).toBe('<p>A deployed page</p>\n');
        expect(await (await fetch(`http://${address}/texts/greeting`)).text()).toBe('hello');
        expect(await engineLeftovers(socket, label)).not.toEqual([]);
      } finally {
        await example.example.cli(['delete', '--on', 'docker']).exits(0);
      }
      expect(await engineLeftovers(socket, label)).toEqual([]);
    },
  );

  it.skipIf(host === undefined || !isInPath('docker'))('skaffold-custom runs its command', async () => {
    await using example = await building('skaffold-custom');
    const { clock } = await example.build();
    expect(await example.printed(clock?.reference ?? '', 'cat /release')).toBe('7\n');
  });
});

it('every example is tested here', async () => {
  expect((await readdir(examplesFolder)).sort()).toEqual([
    'artifacts-and-cache',
    'build-test-deploy',
    'conditions',
    'fails',
    // In `builders.test.ts`, because it needs ko.
    'go-image',
    'hello',
    'skaffold-custom',
    'skaffold-deploy',
    'skaffold-docker',
    // In `deployed-examples.test.ts`.
    'skaffold-helm',
    'skaffold-hooks',
    // In `builders.test.ts`, because it needs Maven.
    'skaffold-jib',
    // In `deployed-examples.test.ts`.
    'skaffold-kustomize',
    'skaffold-microservices',
    'skaffold-modules',
    'skaffold-profiles',
    'skaffold-tests',
    'skaffold-verify',
  ]);
});

const kubeconfig = process.env['SLIPWAY_TEST_KUBECONFIG'];

describe.skipIf(kubeconfig === undefined || kubeconfig === '' || !isInPath('kubectl'))(
  'build-test-deploy, in a cluster (SLIPWAY_TEST_KUBECONFIG, and kubectl in PATH)',
  () => {
    it('deploys to the selected environment with substituted manifests', { timeout: 120_000 }, async () => {
      await using example = await copyOfExample('build-test-deploy', '');
      const { project } = example;
      // Another process may use the example's own namespace.
      const namespace = `slipway-example-${randomBytes(4).toString('hex')}`;
      await project.write({
        '.wharf-ci.yml': (await project.read('.wharf-ci.yml')).replaceAll('web-staging', namespace),
        password: 'correct horse "battery"',
      });
      const env = { KUBECONFIG: kubeconfig ?? '' };
      const asked = async (...args: string[]) =>
        (
          await run('kubectl', ['--namespace', namespace, ...args], {
            env: { PATH: project.env['PATH'], HOME: project.env['HOME'], ...env },
          })
        ).stdout;
      const context = (await asked('config', 'current-context')).trim();
      try {
        const args = [
          'run',
          '--on',
          'host',
          '--stage',
          'deploy',
          '--environment',
          'staging',
          '--kube-context',
          context,
          '-i',
          'replicas=0',
          '-i',
          'admin-password=@password',
        ];
        const { stdout } = await example.cli(args, env).exits(0);
        expect(stdout).not.toContain('battery');
        expect(
          await asked(
            'get',
            'deployment',
            'web',
            '--output',
            'jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].env[0].value}',
          ),
        ).toBe('0 localhost/web:dev staging.example.org');
        expect(
          Buffer.from(
            await asked('get', 'secret', 'admin', '--output', 'jsonpath={.data.password}'),
            'base64',
          ).toString(),
        ).toBe('correct horse "battery"');
      } finally {
        await asked('delete', 'namespace', namespace, '--wait=false', '--ignore-not-found');
      }
    });
  },
);
