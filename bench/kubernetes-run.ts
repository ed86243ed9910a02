/**
 * Measures a whole `slipway run --on kubernetes` of one step, and of 50 in one stage. The peer creates as many bare
 * pods at once with raw calls.
 */
import { join } from 'node:path';
import { systemClock } from '../src/model/clock.ts';
import { runCommand } from './rig/command.ts';
import { makeProject, pipelineOf } from './rig/project.ts';
import { RawCluster } from './rig/raw-cluster.ts';
import { inRounds } from './rig/rounds.ts';
import { readSettings } from './rig/settings.ts';
import { printDifferences, printMachine } from './rig/table.ts';

const settings = readSettings(7);
const { image, cli, rounds } = settings;
const counts = settings.words.length === 0 ? [1, 50] : settings.words.map(Number);
printMachine();
await using raw = await RawCluster.open();
for (const steps of counts) {
  await using project = await makeProject({ '.wharf-ci.yml': pipelineOf(steps, image) });
  const kubeconfig = join(project.folder, '..', 'kubeconfig');
  await raw.writeKubeconfig(kubeconfig);
  const options = { cwd: project.folder, env: { ...project.env, KUBECONFIG: kubeconfig } };
  const idle = async () => await systemClock.sleep(1_000 + steps * 100);
  const measured = await inRounds(
    [
      {
        name: `${steps} bare pod${steps === 1 ? '' : 's at once'}, ends by status`,
        once: async (round) => {
          await idle();
          const names = Array.from({ length: steps }, (_, i) => `bare-${steps}-${round + 1}-${i}`);
          const before = performance.now();
          await Promise.all(names.map(async (name) => await raw.runBare(name, image, ['/bin/sh', '-c', 'true'])));
          const took = performance.now() - before;
          await Promise.all(names.map(async (name) => await raw.remove(name)));
          return took;
        },
      },
      {
        name: 'slipway run --on kubernetes',
        once: async () => {
          await idle();
          const before = performance.now();
          await runCommand([process.execPath, cli, 'run', '--on', 'kubernetes'], options);
          return performance.now() - before;
        },
      },
    ],
    rounds,
  );
  printDifferences(`${steps} step${steps === 1 ? '' : 's in one stage'}, ${await raw.version()}`, measured);
}
