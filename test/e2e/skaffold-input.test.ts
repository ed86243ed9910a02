/** A `skaffold.yaml` that is no file of this machine: from the standard input, and from a web server. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { engines } from '../rigs/engines.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';
import { skaffoldWorld } from '../rigs/skaffold-world.ts';

const old = 'apiVersion: skaffold/v2beta29\nkind: Config\nbuild:\n  artifacts: [{image: app}] # mine\n';

async function webServer(pages: Readonly<Record<string, string>>): Promise<AsyncDisposable & { readonly url: string }> {
  const server: Server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    response.writeHead(page === undefined ? 404 : 200).end(page);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

describe('a configuration that is no file', () => {
  it('is shown and upgraded', async () => {
    await using project = await projectDir({});
    await using server = await webServer({ '/skaffold.yaml': old });
    for (const file of ['-', `${server.url}/skaffold.yaml`]) {
      const input = file === '-' ? old : '';
      const run = (...args: readonly string[]) =>
        runCli([...args, '-f', file], { cwd: project.path, env: project.env, input });
      expect((await run('diagnose').exits(0)).stdout).toMatch(/^<.*>\n {2}version +v2beta29/);
      expect((await run('fix').exits(0)).stdout).toMatch(/v4beta14\n[^]*# mine/);
    }
  });

  it('has its mistakes at lines of the text', async () => {
    await using project = await projectDir({});
    const input = old.replace('image', 'imgae');
    const options = { cwd: project.path, env: project.env, input };
    const { stderr } = await runCli(['diagnose', '-f', '-'], options).exits(2);
    expect(stderr).toMatch(/W012 [^]*<stdin>:4:16/);
  });

  it('that a server does not have is an error', async () => {
    await using project = await projectDir({});
    await using server = await webServer({});
    const run = runCli(['build', '-f', `${server.url}/x.yaml`], { cwd: project.path, env: project.env });
    const { stdout, stderr } = await run.exits(2);
    expect(stdout + stderr).toContain('x.yaml` cannot be fetched: the server answers 404');
  });
});

describe.each(engines)('a configuration that is no file, on $name', (engine) => {
  it.skipIf(engine.host === undefined)('is built, with paths that start at the current folder', async () => {
    await using world = await skaffoldWorld(engine, (name) => ({ build: { artifacts: [{ image: name('unused') }] } }), {
      'app/Dockerfile': 'FROM BASE\nRUN echo WORD\n',
    });
    const text = (image: string) =>
      JSON.stringify({
        ...{ apiVersion: 'skaffold/v4beta13', kind: 'Config' },
        build: {
          tagPolicy: { envTemplate: { template: 'v1' } },
          artifacts: [{ image: world.name(image), context: 'app' }],
        },
      });
    const options = { cwd: world.project.path, env: { ...world.project.env, DOCKER_HOST: engine.host ?? '' } };
    await runCli(['build', '-f', '-'], { ...options, input: text('piped') }).exits(0);
    await using server = await webServer({ '/app.yaml': text('fetched') });
    await runCli(['build', '--filename', `${server.url}/app.yaml`], options).exits(0);
    expect(await world.tags()).toEqual(['fetched', 'piped'].map((image) => `${world.name(image)}:v1`));
    await runCli(['rerun', 'latest'], options).exits(0);
  });
});
