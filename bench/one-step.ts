/**
 * Measures a whole `slipway run` of one step that does nothing. The peers are `docker run --rm` of the same image, and
 * act with the same step.
 */
import { runCommand } from './rig/command.ts';
import { makeProject, pipelineOf, workflowOf } from './rig/project.ts';
import { RawEngine } from './rig/raw-engine.ts';
import { inRounds, type Contender } from './rig/rounds.ts';
import { readSettings } from './rig/settings.ts';
import { printComparison, printMachine } from './rig/table.ts';
import { actArguments, actMissing, engineName } from './rig/peers.ts';

const settings = readSettings(20);
const { image, act, cli } = settings;
await using project = await makeProject({
  '.wharf-ci.yml': pipelineOf(1, image),
  '.github/workflows/one.yml': workflowOf(1),
});

printMachine();
if (act === undefined) console.log(actMissing);
for (const engine of settings.engines) {
  using raw = new RawEngine(engine);
  const options = { cwd: project.folder, env: { ...project.env, DOCKER_HOST: engine } };
  const contenders: Contender[] = [
    {
      name: 'docker run --rm',
      once: async () => await runCommand(['docker', 'run', '--rm', image, 'sh', '-c', 'true'], options),
    },
    { name: 'slipway run', once: async () => await runCommand([process.execPath, cli, 'run'], options), goal: 1.4 },
    ...(act === undefined
      ? []
      : [{ name: 'act', once: async () => await runCommand([act, ...actArguments(image)], options) }]),
  ];
  printComparison(`One step that does nothing, ${await engineName(raw)}`, await inRounds(contenders, settings.rounds));
}
