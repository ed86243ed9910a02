// Bundles the command line into dist/: one small entry and chunks that are loaded when a command needs them.
import { build } from 'esbuild';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const outdir = join(root, 'dist');

const result = await build({
  absWorkingDir: root,
  entryPoints: { slipway: 'src/main.ts' },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Names stay, so that a stack trace says something; only the syntax shrinks.
  minifySyntax: true,
  legalComments: 'none',
  chunkNames: 'chunks/[name]-[hash]',
  external: ['libsql'],
  define: { __SLIPWAY_VERSION__: JSON.stringify(version) },
  write: false,
  logLevel: 'warning',
});

// CommonJS packages inside an ES module bundle ask for Node's own modules through `require`, which only these chunks then make:
// the entry, all that `--version` loads, does without.
const withRequire = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n";

await rm(outdir, { recursive: true, force: true });
for (const file of result.outputFiles) {
  const isEntry = file.path === join(outdir, 'slipway.js');
  const shebang = isEntry ? '#!/usr/bin/env node\n' : '';
  const needsRequire = file.text.includes('__require = ') && !isEntry;
  await mkdir(dirname(file.path), { recursive: true });
  await writeFile(file.path, shebang + (needsRequire ? withRequire : '') + file.text);
  if (isEntry) await chmod(file.path, 0o755);
}
