/** Measures how long a file of 5,000 steps takes from text to plan, by its parts, and in the command line. */
import { checkPipeline } from '../test/rigs/check-pipeline.ts';
import { readYaml } from '../src/diagnostics/yaml/read-yaml.ts';
import { SourceText } from '../src/diagnostics/source-text.ts';
import { planPipeline } from '../src/wharf/plan/plan-pipeline.ts';
import { makeProject } from './rig/project.ts';
import { inRounds } from './rig/rounds.ts';
import { runCommand } from './rig/command.ts';
import { readSettings } from './rig/settings.ts';
import { printComparison, printMachine } from './rig/table.ts';

const { rounds, cli, words } = readSettings(10);
const steps = Number(words[0] ?? 5000);
const text = pipelineWith(steps);
await using project = await makeProject({ '.wharf-ci.yml': text });
const node = async (...args: string[]) =>
  await runCommand([process.execPath, ...args], { cwd: project.folder, env: project.env });
const source = new SourceText('.wharf-ci.yml', text);
const definition = checkPipeline(source).value;
if (definition === undefined) throw new Error('the pipeline is invalid');
const around = { given: { inputs: [] } };
if (planPipeline(definition, {}, around).value === undefined) throw new Error('the pipeline cannot be planned');

printMachine();
console.log(`${steps} steps, ${(text.length / 1e3).toFixed(0)} KB`);
printComparison(
  'In one warm process',
  await inRounds(
    [
      {
        name: 'text to plan',
        once: async () => void planPipeline((await Promise.resolve(checkPipeline(source).value))!, {}, around),
      },
      { name: 'YAML only', once: async () => void (await Promise.resolve(readYaml(source, () => undefined))) },
      { name: 'YAML and checks', once: async () => void (await Promise.resolve(checkPipeline(source))) },
      { name: 'plan only', once: async () => void (await Promise.resolve(planPipeline(definition, {}, around))) },
    ],
    rounds,
  ),
);
printComparison(
  'The whole command, in its own process',
  await inRounds(
    [
      { name: 'node -e 0', once: async () => void (await node('-e', '0')) },
      { name: 'slipway validate', once: async () => void (await node(cli, 'validate')) },
    ],
    rounds,
  ),
);

/** Returns a typical pipeline: stages of 50 steps, each with an environment, two commands, variables and a policy. */
function pipelineWith(count: number): string {
  const lines = [
    'inputs:',
    '  - name: tag',
    '    type: string',
    '    default: latest',
    'environments:',
    '  prod:',
    '    host: example.com',
  ];
  for (let i = 0; i < count; i++) {
    if (i % 50 === 0) lines.push(`stage-${i / 50 + 1}:`);
    lines.push(
      `  step-${i + 1}:`,
      '    timeout: 10m',
      '    env:',
      `      NUMBER: "${i}"`,
      '    container:',
      '      image: registry.example/app:${tag}',
      '      cmds:',
      '        - make "step ${tag}"',
      `        - echo done ${i} # as it is`,
    );
  }
  return `${lines.join('\n')}\n`;
}
