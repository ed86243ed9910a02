// Runs one measurement: `node bench/run.mjs NAME [flags]`. Without a name it lists them. It prints figures and asserts
// nothing.
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { readdir, readFile, rm, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bench = dirname(fileURLToPath(import.meta.url));
const root = join(bench, '..');
const [name, ...flags] = process.argv.slice(2);
const names = (await readdir(bench))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .sort();

if (name === undefined || !names.includes(name)) {
  console.log('node bench/run.mjs NAME [flags]      for flags and figures, see bench/README.md\n');
  for (const one of names) console.log(`  ${one.padEnd(16)} ${await firstSentence(join(bench, `${one}.ts`))}`);
  process.exit(name === undefined || name === '--help' ? 0 : 2);
}
process.exitCode = await measure(name, flags);

async function measure(entry, args) {
  const cli = process.env.BENCH_CLI ?? join(root, 'dist', 'slipway.js');
  if (process.env.BENCH_CLI === undefined) await import('../scripts/build.mjs');
  // In node_modules, so that unbundled packages resolve.
  const folder = join(root, 'node_modules', '.cache', `slipway-bench-${process.pid}`);
  const outfile = join(folder, `${entry}.mjs`);
  await mkdir(folder, { recursive: true });
  try {
    await build({
      entryPoints: [join(bench, `${entry}.ts`)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
      packages: 'external',
      sourcemap: 'inline',
      logLevel: 'error',
    });
    return await run(outfile, args, cli);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(file, args, cli) {
  const nodeFlags = (process.env.BENCH_NODE_FLAGS ?? '').split(' ').filter((flag) => flag !== '');
  const env = { ...process.env, BENCH_CLI: cli };
  const child = spawn(process.execPath, ['--expose-gc', '--enable-source-maps', ...nodeFlags, file, ...args], {
    stdio: 'inherit',
    env,
  });
  // The terminal sends Ctrl-C to both processes. The measurement cleans up and exits, then this process exits.
  process.on('SIGINT', () => undefined);
  return await new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}

/** Returns the first sentence of the first comment of a file. */
async function firstSentence(path) {
  const text = await readFile(path, 'utf8');
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '';
  return (
    comment
      .replace(/\n\s*\*/g, ' ')
      .trim()
      .split(/(?<=[.:;])\s/)[0] ?? ''
  );
}
