/** How many small mistakes the unit tests notice: mutants of the core, each run against the tests of its folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { filesBelow, MutantTests } from './rig/mutant-tests.ts';
import { MutantWorker, serveAsWorker } from './rig/mutant-worker.ts';
import { compiling, mutantsOf, type Mutant } from './rig/mutants.ts';
import { printMachine, printTable } from './rig/table.ts';

const core = [
  'src/engine',
  'src/steps/decorators',
  'src/steps/equipment.ts',
  'src/store/*',
  'src/store/log',
  'src/secrets/masked-sink.ts',
];

interface Judged extends Mutant {
  readonly killedBy?: string;
}

if (!(await serveAsWorker())) await measure();

async function measure(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      sample: { type: 'string' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: '2' },
      line: { type: 'string' },
    },
    allowPositionals: true,
  });
  const root = process.cwd();
  const files = (positionals.length > 0 ? positionals : core).flatMap((path) => sourcesOf(root, path));
  const tests = new MutantTests(root);
  let mutants = files.flatMap((file) => mutantsOf(file, readFileSync(join(root, file), 'utf8')));
  if (values.line !== undefined) mutants = mutants.filter(({ line }) => line === Number(values.line));
  mutants = compiling(root, chosen(mutants, values.sample, Number(values.seed)));

  const timeouts = await baseline(root, [...new Set(files.flatMap((file) => tests.of(file)))]);
  const judged: Judged[] = [];
  const waiting = mutants.values();
  const work = async () => {
    using worker = new MutantWorker(root, 15_000);
    for (const mutant of waiting) {
      const of = tests.of(mutant.file);
      const timeoutMs = Math.max(0, ...of.map((test) => timeouts.get(test) ?? 0));
      const verdict = of.length === 0 ? undefined : await worker.judge({ mutant, tests: of, timeoutMs });
      const one: Judged = { ...mutant, ...(verdict?.killedBy !== undefined && { killedBy: verdict.killedBy }) };
      judged.push(one);
      if (one.killedBy === undefined) console.log(`survives: ${shown(one)}`);
      if (judged.length % 20 === 0) console.log(`${judged.length} of ${mutants.length}`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, work));
  report(files, judged);
}

/** A folder with `/*` behind it stands for its own files, without those of its folders. */
function sourcesOf(root: string, path: string): string[] {
  const folder = path.endsWith('/*') ? path.slice(0, -2) : undefined;
  return filesBelow(root, folder ?? path).filter(
    (file) => !/\.test\.ts$/.test(file) && (folder === undefined || !file.slice(folder.length + 1).includes('/')),
  );
}

function chosen(mutants: readonly Mutant[], sample: string | undefined, seed: number): Mutant[] {
  if (sample === undefined) return [...mutants];
  const random = generator(seed);
  return mutants
    .map((mutant) => ({ mutant, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, Number(sample))
    .map(({ mutant }) => mutant);
}

/** Mulberry32: the same sample for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns how long a test of each file may take. Throws if one fails on the code as it is. */
async function baseline(root: string, tests: readonly string[]): Promise<ReadonlyMap<string, number>> {
  using worker = new MutantWorker(root, 600_000);
  const timeouts = new Map<string, number>();
  for (const test of tests) {
    const { killedBy, slowestMs } = await worker.judge({ tests: [test], timeoutMs: 120_000 });
    if (killedBy !== undefined) throw new Error(`${test} fails without a mutant: ${killedBy}`);
    timeouts.set(test, 2_000 + 5 * slowestMs);
  }
  return timeouts;
}

function report(files: readonly string[], judged: readonly Judged[]): void {
  printMachine();
  const rows = files.flatMap((file) => {
    const all = judged.filter((mutant) => mutant.file === file);
    return all.length === 0 ? [] : [rowOf(file, all)];
  });
  printTable('mutants that compile', ['', 'mutants', 'killed', '%'], [...rows, rowOf('all', judged)]);
  for (const one of judged
    .filter(({ killedBy }) => killedBy === undefined)
    .sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line))
    console.log(shown(one));
}

function shown({ file, line, change }: Mutant): string {
  return `${file}:${line}  ${change}`;
}

function rowOf(name: string, all: readonly Judged[]): string[] {
  const killed = all.filter(({ killedBy }) => killedBy !== undefined).length;
  return [name, String(all.length), String(killed), all.length === 0 ? '' : ((100 * killed) / all.length).toFixed(0)];
}
