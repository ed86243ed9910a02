/**
 * Measures `diagnose --yaml-only` of the largest real configuration against an empty program, and of all of them.
 *
 * They are in `shared/corpus` beside the current folder. An argument names another folder.
 */
import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { runCommand } from './rig/command.ts';
import { makeProject } from './rig/project.ts';
import { inRounds } from './rig/rounds.ts';
import { readSettings } from './rig/settings.ts';
import { printComparison, printMachine } from './rig/table.ts';

interface Case {
  readonly file: string;
  readonly profile: string | null;
  /** There is none if Skaffold refuses the file. */
  readonly merged?: string;
}

const { rounds, cli, words } = readSettings(30);
const corpus = resolve(words[0] ?? '../shared/corpus');
await using project = await makeProject({ 'a.txt': '' });
const node = async (cwd: string, ...args: readonly string[]) =>
  await runCommand([process.execPath, ...args], { cwd, env: project.env });

const cases: (Case & { readonly path: string; readonly bytes: number })[] = [];
for (const set of ['skaffold', 'real']) {
  const index = JSON.parse(await readFile(join(corpus, set, 'index.json'), 'utf8')) as readonly Case[];
  for (const one of index) {
    const path = join(corpus, set, 'input', one.file);
    cases.push({ ...one, path, bytes: (await stat(path)).size });
  }
}
const diagnose = async ({ path, profile, merged }: (typeof cases)[number]) => {
  const args = ['diagnose', '--yaml-only', '-f', path, ...(profile === null ? [] : ['-p', profile])];
  try {
    await node(dirname(path), cli, ...args);
  } catch (error) {
    if (merged !== undefined) throw error;
  }
};

const read = cases.filter(({ merged }) => merged !== undefined);
const largest = read.reduce((one, other) => (other.bytes > one.bytes ? other : one));
printMachine();
printComparison(
  `The largest of ${cases.length} cases, ${largest.bytes.toLocaleString('en-US')} bytes`,
  await inRounds(
    [
      { name: 'node -e 0', once: async () => await node(project.folder, '-e', '0') },
      { name: 'slipway diagnose --yaml-only', once: async () => await diagnose(largest), goal: 2.5 },
    ],
    rounds,
  ),
);

const atOnce = availableParallelism();
const waiting = [...cases];
const before = performance.now();
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await diagnose(next);
  }),
);
const seconds = ((performance.now() - before) / 1000).toFixed(1);
console.log(`All ${cases.length}, a process each, ${atOnce} at once: ${seconds} s (goal: 30 s)\n`);
