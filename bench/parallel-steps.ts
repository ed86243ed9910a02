/**
 * Measures 20 parallel steps that do nothing in one `slipway run`. The peers are 20 `docker run --rm` at once, and act
 * with 20 jobs.
 */
import { runCommand } from './rig/command.ts';
import { actArguments, actMissing, engineName } from './rig/peers.ts';
import { makeProject, pipelineOf, workflowOf } from './rig/project.ts';
import { RawEngine } from './rig/raw-engine.ts';
import { inRounds, type Contender } from './rig/rounds.ts';
import { readSettings } from './rig/settings.ts';
import { printComparison, printMachine } from './rig/table.ts';

const settings = readSettings(7);
const { image, act, cli } = settings;
const steps = Number(settings.words[0] ?? 20);
await using project = await makeProject({
  '.wharf-ci.yml': pipelineOf(steps, image),
  '.github/workflows/all.yml': workflowOf(steps),
});

printMachine();
if (act === undefined) console.log(actMissing);
for (const engine of settings.engines) {
  using raw = new RawEngine(engine);
  const options = { cwd: project.folder, env: { ...project.env, DOCKER_HOST: engine } };
  const dockerRun = ['docker', 'run', '--rm', image, 'sh', '-c', 'true'];
  const contenders: Contender[] = [
    {
      name: `${steps} docker run --rm`,
      once: async () =>
        void (await Promise.all(Array.from({ length: steps }, async () => await runCommand(dockerRun, options)))),
    },
    { name: 'slipway run', once: async () => await runCommand([process.execPath, cli, 'run'], options), goal: 1.15 },
    ...(act === undefined
      ? []
      : [
          {
            name: 'act',
            once: async () =>
              await runCommand([act, ...actArguments(image), '--concurrent-jobs', String(steps)], options),
          },
        ]),
  ];
  printComparison(`${steps} steps in parallel, ${await engineName(raw)}`, await inRounds(contenders, settings.rounds));
}
