/** `slipway init` (docs/cli.md, "init"): from a repository without a `skaffold.yaml` to images on every engine. */
import { describe, expect, it } from 'vitest';
import { engines } from '../rigs/engines.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';
import { skaffoldWorld } from '../rigs/skaffold-world.ts';
import { hasTerminal, TerminalSession } from '../rigs/terminal-session.ts';

const pod = (image: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: c, image: ${image}}]\n`;

describe.each(engines)('init and build on $name', (engine) => {
  const test = it.skipIf(engine.host === undefined);

  test('makes a file that diagnose accepts and build builds', async () => {
    await using world = await skaffoldWorld(engine, () => ({}), {
      'web/Dockerfile': 'FROM BASE\nCOPY shared/page web/own /www/\nENV MADE_BY=web-WORD\nEXPOSE 8080\n',
      ...{ 'web/own': 'WORD', 'shared/page': 'WORD' },
      'api/Dockerfile.prod': 'FROM BASE\nENV MADE_BY=api-WORD\n',
      'k8s/web.yaml': pod('localhost/slipway-test/WORD/web:latest'),
      'k8s/api.yaml': pod('localhost/slipway-test/WORD/shop-api'),
      'k8s/db.yaml': pod('postgres:16'),
    });
    const { stdout } = await world.cli('init', '--force').exits(0);
    expect(stdout).toContain('next  slipway build');
    const { stderr } = await world.cli('diagnose').exits(0);
    expect(stderr).toBe('');
    const { results } = await world.json(0);
    expect(results.map(({ image, status }) => [image, status])).toEqual([
      [world.name('shop-api'), 'succeeded'],
      [world.name('web'), 'succeeded'],
    ]);
    for (const [name, by] of [
      ['web', 'web'],
      ['shop-api', 'api'],
    ] as const) {
      const image = await world.image(`${world.name(name)}:latest`);
      expect(image?.Config.Env).toContain(`MADE_BY=${by}-${world.word}`);
    }
  });
});

describe('init', () => {
  it('needs no engine, writes manifests, and replaces nothing', async () => {
    await using project = await projectDir({ Dockerfile: 'FROM busybox\nEXPOSE 80\n' });
    const options = { cwd: project.path, env: { ...project.env, DOCKER_HOST: 'unix:///nowhere' } };
    await runCli(['init', '--generate-manifests'], options).exits(0);
    const written = await project.read('skaffold.yaml');
    expect(written).toContain('image: project');
    expect(await project.read('deployment.yaml')).toContain('containerPort: 80');
    const { stderr } = await runCli(['init'], options).exits(2);
    expect(stderr).toContain('exists');
    // The manifests that it made name the image now.
    await runCli(['init', '--force', '--generate-manifests'], options).exits(0);
    expect(await project.read('skaffold.yaml')).toBe(written);
    expect(await project.leftovers()).toEqual([]);
  });

  it.skipIf(!hasTerminal)('asks at a terminal which builder is meant', async () => {
    await using project = await projectDir({
      ...{ 'a/web/Dockerfile': 'FROM busybox\n', 'b/web/Dockerfile': 'FROM busybox\n', 'k.yaml': pod('web') },
    });
    await using session = new TerminalSession(['init'], { cwd: project.path, env: project.env });
    await session.until('What builds the image `web` of k.yaml:5:33?');
    await session.until('Which one? [0-2] ');
    session.type('7\n');
    await session.until('Which one? [0-2] ');
    session.type('2\n');
    expect(await session.ended).toBe(0);
    expect(await project.read('skaffold.yaml')).toContain('context: b/web');
  });
});
