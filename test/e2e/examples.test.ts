/** Runs every example through the command line on every runtime that supports it. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { baseImage, engines } from '../rigs/engines.ts';
import { nameImage, removeImage } from '../rigs/engine-images.ts';
import { engineLeftovers } from '../rigs/leak-check.ts';
import { projectDir, type ProjectDir } from '../rigs/project-dir.ts';
import { runCli, type CliRun } from '../rigs/run-cli.ts';

const run = promisify(execFile);
const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

/** The public name of the base image in the examples. */
const publicImage = 'docker.io/library/busybox:1';

const isInPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

interface Example extends AsyncDisposable {
  readonly project: ProjectDir;
  cli(args: readonly string[], env?: Readonly<Record<string, string>>): CliRun;
  /** Returns the outcome of each step, as `STAGE/STEP`. */
  ends(): Promise<Readonly<Record<string, string>>>;
  id(): Promise<string>;
}

interface Shown {
  readonly id: string;
  readonly iterations: readonly {
    readonly stages: readonly {
      readonly name: string;
      readonly status: string;
      readonly steps: readonly { readonly name: string; readonly status: string }[];
    }[];
  }[];
}

/** Copies an example, like a user who cloned it. */
async function copyOf(name: string, host: string | undefined): Promise<Example> {
  const project = await projectDir({});
  await cp(join(examples, name), project.path, { recursive: true });
  const cli: Example['cli'] = (args, env) =>
    runCli(args, { cwd: project.path, env: { ...project.env, DOCKER_HOST: host ?? '', ...env } });
  const shown = async () => JSON.parse((await cli(['show', 'latest', '--output', 'json']).exits(0)).stdout) as Shown;
  return {
    project,
    cli,
    id: async () => (await shown()).id,
    ends: async () => {
      const stages = (await shown()).iterations.flatMap((iteration) => iteration.stages);
      return Object.fromEntries(
        stages.flatMap((stage) => stage.steps.map((step) => [`${stage.name}/${step.name}`, step.status])),
      );
    },
    [Symbol.asyncDispose]: async () => await project[Symbol.asyncDispose](),
  };
}

const runtimes = [{ name: 'host', host: '', socket: undefined }, ...engines];

describe.each(runtimes)('on $name', ({ name, host, socket }) => {
  const test = it.skipIf(host === undefined);
  const on = name === 'host' ? 'host' : 'docker';

  async function started(example: string): Promise<Example> {
    if (socket !== undefined) await nameImage(socket, baseImage, publicImage);
    return await copyOf(example, host);
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

/** The build of an example. Its images have names of their own, and disposal removes them. */
class ExampleBuild implements AsyncDisposable {
  readonly example: Example;
  readonly #socket: string;
  readonly #images = new Set<string>();
  readonly #repository = `localhost/example-${randomBytes(4).toString('hex')}`;

  constructor(example: Example, socket: string) {
    this.example = example;
    this.#socket = socket;
  }

  /** Returns the reference of each image, and how the artifact cache decided. */
  async build(...args: readonly string[]): Promise<Readonly<Record<string, BuiltImage>>> {
    const { results } = await this.#json('build', args);
    return Object.fromEntries(results.map(({ image, ...result }) => [image, result]));
  }

  /** Builds and tests, and returns what `test --output json` prints. */
  async tested(): Promise<{ readonly tests: readonly { readonly name: string; readonly status: string }[] }> {
    return await this.#json('test', []);
  }

  /** Builds the images and deploys them to the engine. Returns what `run` prints. */
  async deployed(): Promise<string> {
    await this.build();
    const words = ['run', '--on', 'docker', '--default-repo', this.#repository, '--tag', '1', '--output', 'text'];
    return (await this.example.cli(words).exits(0)).stdout;
  }

  async #json(command: 'build' | 'test', args: readonly string[]) {
    const words = [command, '--default-repo', this.#repository, '--tag', '1', '--output', 'json', ...args];
    const { stdout } = await this.example.cli(words, { RELEASE: '7' }).exits(0);
    const document = JSON.parse(stdout) as {
      readonly results: readonly (BuiltImage & { readonly image: string })[];
      readonly tests: readonly { readonly name: string; readonly status: string }[];
    };
    for (const { reference } of document.results) this.#images.add(reference);
    return document;
  }

  /** Returns what a command prints in an image. */
  async printed(reference: string, command: string): Promise<string> {
    const container = { image: reference, cmds: [command] };
    await this.example.project.write({ '.wharf-ci.yml': JSON.stringify({ look: { inside: { container } } }) });
    await this.example.cli(['run', '--on', 'docker']).exits(0);
    return (await this.example.cli(['logs', 'latest', 'inside']).exits(0)).stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const image of this.#images) await removeImage(this.#socket, image);
    await this.example[Symbol.asyncDispose]();
  }
}

interface BuiltImage {
  readonly reference: string;
  readonly cache?: { readonly hit?: boolean; readonly missed?: string };
}

describe.each(engines)('skaffold.yaml, on $name', ({ host, socket }) => {
  const test = it.skipIf(host === undefined);

  async function building(name: string): Promise<ExampleBuild> {
    await nameImage(socket, baseImage, publicImage);
    return new ExampleBuild(await copyOf(name, host), socket);
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
      // Another process may deploy the example under its own name.
      const { project } = example.example;
      const name = `page-server-${randomBytes(4).toString('hex')}`;
      const configuration = await project.read('skaffold.yaml');
      await project.write({ 'skaffold.yaml': configuration.replace('  name: page-server', `  name: ${name}`) });
      const label = { 'slipway.dev/deploy': name };
      try {
        const stdout = await example.deployed();
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
  expect((await readdir(examples)).sort()).toEqual([
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
    'skaffold-hooks',
    // In `builders.test.ts`, because it needs Maven.
    'skaffold-jib',
    'skaffold-modules',
    'skaffold-profiles',
    'skaffold-tests',
  ]);
});

const kubeconfig = process.env['SLIPWAY_TEST_KUBECONFIG'];

describe.skipIf(kubeconfig === undefined || kubeconfig === '' || !isInPath('kubectl'))(
  'build-test-deploy, in a cluster (SLIPWAY_TEST_KUBECONFIG, and kubectl in PATH)',
  () => {
    it('deploys to the selected environment with substituted manifests', { timeout: 120_000 }, async () => {
      await using example = await copyOf('build-test-deploy', '');
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
