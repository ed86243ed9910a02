/** Measures `--version`, and `validate` of the largest example, against an empty program. */
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { makeProject } from './rig/project.ts';
import { inRounds } from './rig/rounds.ts';
import { runCommand } from './rig/command.ts';
import { readSettings } from './rig/settings.ts';
import { printComparison, printMachine } from './rig/table.ts';

const { rounds, cli } = readSettings(40);
// Examples are beside the command line, both in the repository and in the package.
const example = new URL('../examples/build-test-deploy/.wharf-ci.yml', pathToFileURL(cli));
await using project = await makeProject({ '.wharf-ci.yml': await readFile(example, 'utf8') });
const node = async (...args: string[]) =>
  await runCommand([process.execPath, ...args], { cwd: project.folder, env: project.env });

printMachine();
const measured = await inRounds(
  [
    { name: 'node -e 0', once: async () => await node('-e', '0') },
    { name: 'slipway --version', once: async () => await node(cli, '--version'), goal: 1.5 },
    { name: 'slipway validate', once: async () => await node(cli, 'validate'), goal: 2.5 },
    { name: 'slipway runs', once: async () => await node(cli, 'runs') },
    { name: 'slipway --help', once: async () => await node(cli, '--help') },
  ],
  rounds,
);
printComparison('Start-up', measured);
