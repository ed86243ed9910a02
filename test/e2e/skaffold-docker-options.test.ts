/** Options of Docker builds that are about the engine, on every engine (docs/skaffold-builders.md, "Docker"). */
import { describe, expect, it } from 'vitest';
import { engines } from '../rigs/engines.ts';
import { skaffoldWorld } from '../rigs/skaffold-world.ts';

describe.each(engines)('Docker options on $name', (engine) => {
  const test = it.skipIf(engine.host === undefined);
  const configuration = (local: object) => (name: (image: string) => string) => ({
    build: {
      tagPolicy: { envTemplate: { template: 'v1' } },
      local,
      artifacts: [
        {
          image: name('app'),
          docker: { cliFlags: ['--build-arg', 'WHO=me', '--label=said=WORD', '--no-cache', '--progress=plain'] },
        },
      ],
    },
  });
  const files = { Dockerfile: 'FROM BASE\nARG WHO\nENV SAID="$WHO"\nRUN echo WORD\n' };

  test('cliFlags are options of the build, and useDockerCLI has no effect', async () => {
    await using world = await skaffoldWorld(engine, configuration({ useDockerCLI: true }), files);
    const { stdout } = await world.build().exits(0);
    expect(stdout).toMatch(/S052.*`useDockerCLI` has no effect/);
    expect(stdout).toMatch(/S052.*`--progress` has no effect/);
    const image = await world.image(`${world.name('app')}:v1`);
    expect(image?.Config.Env).toContain('SAID=me');
    expect(image?.Config.Labels).toMatchObject({ said: 'WORD' });
  });

  test('useBuildkit chooses the builder of the engine', async () => {
    await using world = await skaffoldWorld(engine, configuration({ useBuildkit: false }), files);
    const older = await world.build().exits(0);
    expect(older.stdout).toMatch(/\| (?:Step|STEP) 1\/\d/);
    await world.configure(configuration({ useBuildkit: true })(world.name));
    const wanted = await world.build().exits(engine.name === 'docker' ? 0 : 1);
    if (engine.name === 'docker') expect(wanted.stdout).toMatch(/\| #\d+ \[/);
    else expect(wanted.stdout).toContain('Podman does not support this build option, buildkit: it has no BuildKit');
  });
});
