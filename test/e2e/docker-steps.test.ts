/** `docker` steps on every engine: what is built and pushed, and what must stay hidden (docs/docker-steps.md). */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askEngine } from '../rigs/ask-engine.ts';
import { baseImage, engines } from '../rigs/engines.ts';
import { filesWith } from '../rigs/files-with.ts';
import { projectDir, type ProjectFile } from '../rigs/project-dir.ts';
import { noRegistry, RegistryRig } from '../rigs/registry.ts';
import { runCli } from '../rigs/run-cli.ts';

interface Image {
  readonly image: string;
  readonly id: string;
  readonly references: readonly string[];
  readonly pushed: readonly { readonly reference: string; readonly digest: string }[];
}

describe('docker steps', () => {
  let registry: RegistryRig | undefined;
  beforeAll(async () => {
    if (noRegistry === undefined) registry = await RegistryRig.start();
  });
  afterAll(async () => await registry?.[Symbol.asyncDispose]());

  describe.each(engines)('docker steps on $name', ({ name, host, socket }) => {
    const test = it.skipIf(host === undefined);
    const pushing = it.skipIf(host === undefined || noRegistry !== undefined);
    const made: string[] = [];
    afterAll(async () => {
      for (const reference of made) await askEngine(socket, 'DELETE', `/images/${reference}?force=1`);
    });

    /**
     * @param docker fields of the step, beside `file`
     */
    async function world(
      docker: object,
      dockerfile: string,
      files: Readonly<Record<string, ProjectFile>> = {},
      pipeline: object = {},
    ) {
      const repository = `slipway-test/${randomBytes(6).toString('hex')}`;
      const address = registry?.address ?? '127.0.0.1:1';
      const destination = `${address}/${repository}`;
      const project = await projectDir({
        // YAML is a superset of JSON.
        '.wharf-ci.yml': JSON.stringify({
          ...pipeline,
          build: { image: { docker: { file: 'Dockerfile', tag: '1', destination, ...docker } } },
        }),
        '.wharf-vars.yml': 'vars: { REG_INSECURE: true }\n',
        Dockerfile: dockerfile.replace('BASE', baseImage),
        ...files,
      });
      made.push(...['1', '2', 'latest'].map((tag) => `${destination}:${tag}`));
      const cli = (...args: string[]) =>
        runCli(args, { cwd: project.path, env: { ...project.env, DOCKER_HOST: host ?? '' } });
      return {
        project,
        repository,
        destination,
        cli,
        run: (...more: string[]) => cli('run', '--on', 'docker', '--output', 'text', ...more),
        log: async () => (await cli('logs', 'latest').exits(0)).stdout,
        images: async () =>
          (JSON.parse((await cli('artifacts', 'latest', '--output', 'json').exits(0)).stdout) as { images: Image[] })
            .images,
        operator: async (yaml: string, secrets: Readonly<Record<string, string>>) =>
          await project.write({
            '../home/.config/slipway/config.yaml': { content: yaml, mode: 0o600 },
            ...Object.fromEntries(
              Object.entries(secrets).map(([path, content]) => [`../home/${path}`, { content, mode: 0o600 }]),
            ),
          }),
        login: async (password?: string) =>
          await project.write({ '../home/.docker/config.json': registry?.config(password) ?? '{}' }),
        [Symbol.asyncDispose]: async () => await project[Symbol.asyncDispose](),
      };
    }

    pushing('builds an image and pushes it with all its tags and the user’s login', async () => {
      await using w = await world({ tag: '1, latest' }, 'FROM BASE\nCOPY hello /hello\nRUN cat /hello\n', {
        hello: `hello-${randomBytes(4).toString('hex')}\n`,
      });
      await w.login();
      const { stdout } = await w.run().exits(0);
      expect(stdout).toContain(`pushed ${w.destination}:1 and 1 more`);
      expect(stdout).toMatch(/hello-[0-9a-f]{8}$/m);
      const digest = await registry?.digest(w.repository, '1');
      expect(await w.images()).toMatchObject([
        {
          image: w.destination,
          references: [`${w.destination}:1`, `${w.destination}:latest`],
          pushed: ['1', 'latest'].map((tag) => ({ reference: `${w.destination}:${tag}`, digest })),
        },
      ]);
      expect((await w.cli('artifacts', 'latest').exits(0)).stdout).toContain(`${w.destination}:latest  ${digest}`);
      expect((await w.cli('show', 'latest').exits(0)).stdout).toContain(`pushed ${w.destination}:1`);
    });

    pushing('pushes with a secret of the operator', async () => {
      await using w = await world({ secret: 'reg' }, 'FROM BASE\n');
      await w.operator('secrets:\n  reg:\n    .dockerconfigjson: { file: ../../reg.json }\n', {
        'reg.json': registry?.config() ?? '',
      });
      await w.run().exits(0);
      expect(await registry?.digest(w.repository, '1')).toMatch(/^sha256:/);
    });

    pushing('reports a registry that rejects the push, and keeps the image', async () => {
      await using w = await world({}, 'FROM BASE\n');
      await w.login('wrong');
      const { stdout } = await w.run().exits(1);
      expect(stdout).toContain(`cannot push image ${w.destination}:1`);
      expect(await w.images()).toMatchObject([{ references: [`${w.destination}:1`], pushed: [] }]);
    });

    test('the context includes artifacts and excludes .dockerignore', async () => {
      const pipeline = {
        make: {
          file: {
            artifacts: ['app/dist/**'],
            container: { image: baseImage, cmds: ['mkdir -p app/dist; echo made > app/dist/made'] },
          },
        },
      };
      await using w = await world(
        { push: false, context: 'app' },
        `FROM BASE\nCOPY . /all\nRUN echo ${randomBytes(4).toString('hex')}; cd /all; find . -type f | sort | tr '\\n' ' '\n`,
        { 'app/.dockerignore': '*.log\n!keep.log\n', 'app/a.log': 'no', 'app/keep.log': 'yes', outside: 'no' },
        pipeline,
      );
      const { stdout } = await w.run().exits(0);
      expect(stdout).toMatch(/\.\/dist\/made .*\.\/keep\.log/);
      expect(stdout).not.toMatch(/\.\/a\.log|outside /);
    });

    test('secret arguments are in no history, log or file of Slipway', async () => {
      const token = `tok-${randomBytes(12).toString('hex')}`;
      await using w = await world(
        { push: false, secretName: 'keys', secretArgs: ['TOKEN=token'] },
        `FROM BASE\nRUN echo ${randomBytes(4).toString('hex')}\nRUN --mount=type=secret,id=TOKEN echo "it is $(cat /run/secrets/TOKEN)"; test "$(wc -c < /run/secrets/TOKEN)" = 28\nCOPY . /all\n`,
      );
      await w.operator('secrets:\n  keys:\n    token: { file: ../../token }\n', { token });
      const { stdout, stderr } = await w.run().exits(0);
      expect(stdout + stderr + (await w.log())).not.toContain(token);
      expect(stdout).toContain('it is ***');
      const image = `${w.destination}:1`;
      for (const kind of ['json', 'history'])
        expect(await askEngine(socket, 'GET', `/images/${image}/${kind}`)).not.toContain(token);
      expect(await filesWith(w.project.env['XDG_STATE_HOME'] ?? '', token)).toEqual([]);
    });

    test('passes secret arguments that the Dockerfile declares, with a warning', async () => {
      const token = `tok-${randomBytes(12).toString('hex')}`;
      await using w = await world(
        { push: false, secretName: 'keys', secretArgs: ['TOKEN=token'] },
        'FROM BASE\nARG TOKEN\nRUN test ${#TOKEN} = 28; echo "it is $TOKEN"\n',
      );
      await w.operator('secrets:\n  keys:\n    token: { file: ../../token }\n', { token });
      const { stdout, stderr } = await w.run().exits(0);
      expect(stdout + stderr + (await w.log())).not.toContain(token);
      expect(stdout).toMatch(/warning W092 .*history.*RUN --mount=type=secret,id=TOKEN/);
      expect(await filesWith(w.project.env['XDG_STATE_HOME'] ?? '', token)).toEqual([]);
    });

    test('appends the operator’s certificates and keeps the image’s user', async () => {
      await using w = await world({ push: false, 'append-cert': true }, 'FROM BASE\nUSER 1234\n');
      await w.operator('certificates: ../../ca.pem\n', {
        'ca.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      });
      await w.run().exits(0);
      const inspected = JSON.parse((await askEngine(socket, 'GET', `/images/${w.destination}:1/json`)) ?? '{}') as {
        Config: { User: string };
      };
      expect(inspected.Config.User).toBe('1234');
      await w.project.write({
        '.wharf-ci.yml': JSON.stringify({
          look: {
            at: { container: { image: `${w.destination}:1`, cmds: ['cat /etc/ssl/certs/ca-certificates.crt'] } },
          },
        }),
      });
      expect((await w.run('--pull', 'never').exits(0)).stdout).toContain('BEGIN CERTIFICATE');
    });

    test('a failed build reports its instruction and last lines', async () => {
      const word = randomBytes(4).toString('hex');
      await using w = await world({ push: false }, `FROM BASE\nRUN echo ${word}; exit 43\n`);
      const { stdout } = await w.run().exits(1);
      const screen = stdout.slice(stdout.indexOf('.wharf-ci.yml:'));
      expect(stdout).toContain('the image build failed');
      expect(screen).toContain(`exit code 43: RUN echo ${word}; exit 43`);
      expect(screen).toContain(word);
    });

    test('reports a missing Dockerfile and a missing base image', async () => {
      await using missing = await world({ push: false, file: 'docker/Dockerfile' }, 'FROM BASE\n');
      expect((await missing.run().exits(1)).stdout).toContain('docker/Dockerfile does not exist in the workspace');
      await using absent = await world({ push: false }, 'FROM 127.0.0.1:1/nobody/has-this:1\n');
      expect((await absent.run('--pull', 'never').exits(1)).stdout).toContain(
        'image 127.0.0.1:1/nobody/has-this:1 is missing',
      );
    });

    test('a cancellation stops the build', async () => {
      const word = randomBytes(4).toString('hex');
      // Podman does not interrupt the current command (docs/docker-steps.md).
      await using w = await world(
        { push: false },
        `FROM BASE\nRUN echo ${word}; sleep ${name === 'podman' ? 3 : 3_600}\nRUN sleep 3600\n`,
      );
      await using run = w.run();
      await run.until(new RegExp(`\\| ${word}`));
      run.signal('SIGINT');
      const { stdout } = await run.exits(130);
      expect(stdout).toContain('cancelled');
      expect(await askEngine(socket, 'GET', `/images/${w.destination}:1/json`)).toBeUndefined();
    });

    test('a resumed run restarts a killed build', async () => {
      const word = randomBytes(4).toString('hex');
      await using w = await world({ push: false }, `FROM BASE\nRUN echo ${word}; sleep 2\n`);
      const first = w.run();
      await first.until(new RegExp(`\\| ${word}`));
      first.signal('SIGKILL');
      await first.ended;
      const { stdout } = await w.cli('resume', 'latest', '--output', 'text').exits(0);
      expect(stdout).toContain('attempt 1 was interrupted');
      expect(await w.images()).toMatchObject([{ references: [`${w.destination}:1`] }]);
    });
  });

  it('the host rejects a docker step before anything runs', async () => {
    await using project = await projectDir({
      '.wharf-ci.yml': JSON.stringify({
        build: { image: { docker: { file: 'Dockerfile', tag: '1', destination: 'a', push: false } } },
      }),
      Dockerfile: 'FROM scratch\n',
    });
    const { stdout } = await runCli(['run', '--on', 'host', '--output', 'text'], {
      cwd: project.path,
      env: project.env,
    }).exits(3);
    expect(stdout).toContain('--on docker');
    expect(stdout).toContain('build/image');
  });
});
