// Bundles the command line into dist/: a small entry, chunks that are loaded when a command needs them, and for commands that need
// nearly all of it the same program in one file, since every file more costs Node most of a millisecond.
import { build } from 'esbuild';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const outdir = join(root, 'dist');

const common = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Names stay, so that a stack trace says something; only the syntax shrinks.
  minifySyntax: true,
  legalComments: 'none',
  external: ['libsql'],
  define: { __SLIPWAY_VERSION__: JSON.stringify(version) },
  write: false,
  metafile: true,
  logLevel: 'warning',
};

const [split, whole] = await Promise.all([
  build({ ...common, entryPoints: { slipway: 'src/main.ts' }, splitting: true, chunkNames: 'chunks/[name]-[hash]' }),
  // CommonJS, since that is what compiled code can be kept of on every Node.
  build({
    ...common,
    entryPoints: { 'program-in-one': 'src/program.ts' },
    format: 'cjs',
    // Code that Node 20 compiled before cannot use `import()`: `require` takes its place.
    supported: { 'dynamic-import': false },
    outExtension: { '.js': '.cjs' },
  }),
]);

// CommonJS packages inside an ES module bundle ask for Node's own modules through `require`, which only these files then make:
// the entry, all that `--version` loads, does without.
const withRequire = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n";

await rm(outdir, { recursive: true, force: true });
for (const file of [...split.outputFiles, ...whole.outputFiles]) {
  const isEntry = file.path === join(outdir, 'slipway.js');
  const shebang = isEntry ? '#!/usr/bin/env node\n' : '';
  const needsRequire = file.text.includes('__require = ') && file.path.endsWith('.js') && !isEntry;
  await mkdir(dirname(file.path), { recursive: true });
  // esbuild writes ASCII but for comments. Text that is all ASCII loads faster (src/code-cache.ts).
  await writeFile(file.path, shebang + (needsRequire ? withRequire : '') + file.text.replace(/[^\0-\x7f]/g, '?'));
  if (isEntry) await chmod(file.path, 0o755);
}

// What is bundled keeps its licences beside it.
const packages = new Set(
  Object.keys(whole.metafile.inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
);
const notices = await Promise.all(
  [...packages].sort().map(async (name) => `${name}\n\n${await licenceOf(join(root, 'node_modules', name))}`),
);
await writeFile(join(outdir, 'LICENSES.txt'), notices.join('\n----\n\n'));

async function licenceOf(folder) {
  const name = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
  if (name === undefined) throw new Error(`no licence in ${folder}`);
  return await readFile(join(folder, name), 'utf8');
}
