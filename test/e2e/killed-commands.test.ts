/** What commands of a build leave after `kill -9` of Slipway (docs/skaffold-builders.md). */
import { describe, expect, it } from 'vitest';
import { engines } from '../rigs/engines.ts';
import { processesWith } from '../rigs/leak-check.ts';
import { skaffoldWorld, type SkaffoldWorld } from '../rigs/skaffold-world.ts';

const v1 = { envTemplate: { template: 'v1' } };
/** Runs on after its parent, and holds no pipe. */
const stays = "setsid sh -c 'exec sleep 1000' > /dev/null 2>&1 < /dev/null &";
/** Does that in the first attempt, and the work in a later one. */
const once = (work: string) => `if [ -e begun ]; then ${work}; else touch begun; ${stays} echo begun; sleep 1000; fi`;

// What happens to commands of this machine does not depend on the engine.
const engine = engines.find(({ host }) => host !== undefined);

describe.skipIf(process.platform !== 'linux' || !engine)('commands of a killed build', () => {
  const commands: readonly (readonly [string, (name: (image: string) => string) => object])[] = [
    [
      'a custom builder',
      (name) => ({
        artifacts: [{ image: name('app'), custom: { buildCommand: once('docker build -t "$IMAGE" . || exit 0') } }],
      }),
    ],
    [
      'a hook of an artifact',
      (name) => ({ artifacts: [{ image: name('app'), hooks: { before: [{ command: ['sh', '-c', once('true')] }] } }] }),
    ],
    [
      'a hook of the build',
      (name) => ({ artifacts: [{ image: name('app') }], hooks: { before: [{ command: ['sh', '-c', once('true')] }] } }),
    ],
  ];

  /** Kills a build once its command runs, and returns the project. */
  async function killed(build: (name: (image: string) => string) => object): Promise<SkaffoldWorld> {
    if (!engine) throw new Error('no engine is known');
    const world = await skaffoldWorld(engine, (name) => ({ build: { tagPolicy: v1, ...build(name) } }), {
      Dockerfile: 'FROM BASE\n',
    });
    await using run = world.build();
    await run.until(/\| begun/);
    run.signal('SIGKILL');
    await run.ended;
    return world;
  }

  const sleeping = ({ project }: SkaffoldWorld) =>
    processesWith(project.env['HOME'] ?? '').filter((one) => one.includes('sleep 1000'));

  it.each(commands)('of %s are listed by doctor and ended by doctor --clean', async (_, build) => {
    await using world = await killed(build);
    expect(sleeping(world).length).toBeGreaterThan(1);
    const doctor = async (...args: readonly string[]) =>
      JSON.parse((await world.cli('doctor', ...args, '--output', 'json').exits(0)).stdout) as object;
    const process = { kind: 'process', number: 1, interrupted: true, removable: true };
    expect(await doctor()).toMatchObject({ leftovers: [process] });
    expect(await doctor('latest')).toMatchObject({ leftovers: [process] });
    expect(await doctor('--clean')).toMatchObject({ failures: [] });
    expect(sleeping(world)).toEqual([]);
    expect(await doctor()).toMatchObject({ leftovers: [] });
  });

  it('are ended by doctor --clean RUN, and by cancel', async () => {
    for (const command of [
      ['doctor', '--clean', 'latest'],
      ['cancel', 'latest'],
    ]) {
      await using world = await killed(commands[0]![1]);
      await world.cli(...command).exits(0);
      expect(sleeping(world)).toEqual([]);
    }
  });

  it('are ended by resume before the attempt that replaces them', async () => {
    await using world = await killed(commands[1]![1]);
    const { stdout } = await world.cli('resume', 'latest').exits(0);
    expect(sleeping(world)).toEqual([]);
    expect(stdout).toContain('attempt 1 was interrupted: the process of Slipway that ran it died; attempt 2 starts');
  });
});
