// Bundles the command line into dist/ as CommonJS, because that starts faster than ES modules and compiled code can be kept of it
// on every Node (src/code-cache.ts): the entry, which is all that `--version` loads; `program.cjs`, which has what a run on Docker
// needs; and `rest.cjs`, which that one loads on demand.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const outdir = join(root, 'dist');

/** Modules that are loaded on demand, by parts of their path, but not by a run of container steps on Docker or the host: their code is in `rest.cjs`. */
const onDemand = [
  /^src\/app\/(?!compose)/,
  /^src\/cli\/commands\/(?!run\.ts)/,
  /^src\/cli\/reporters\/(json|quiet)-/,
  /^src\/clusters\//,
  /^src\/diagnostics\/yaml\/read-yaml\.ts/,
  /^src\/model\/kubernetes-settings\.ts/,
  /^src\/operator\//,
  /^src\/runs\/(all-codes|secrets\/restore-secrets)\.ts/,
  /^src\/runtime\/(fake|kubernetes|docker\/(build|running))\//,
  /^src\/skaffold\//,
  /^src\/wharf\/(plan\/outline|vars\/variable-(file|scope)|steps\/(?!container-)[a-z-]+-step)\.ts/,
];

const common = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // Names stay, so that a stack trace says something; only the syntax shrinks.
  minifySyntax: true,
  legalComments: 'none',
  // They tell libsql, slowly, which of its binaries to load. Its binaries stay packages of their own.
  alias: Object.fromEntries(
    ['@neon-rs/load', 'detect-libc'].map((name) => [name, join(root, 'src/store/sqlite/native-target.ts')]),
  ),
  write: false,
  metafile: true,
  logLevel: 'warning',
};

/** Bundles to one CommonJS file. Code that Node 20 compiled before cannot use `import()`: `require` takes its place. */
async function toCommonJs(options) {
  const { outputFiles } = await build({
    ...common,
    ...options,
    format: 'cjs',
    supported: { 'dynamic-import': false },
  });
  // esbuild writes ASCII but for comments and regular expressions. src/code-cache.ts relies on ASCII.
  return outputFiles[0].text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Makes the text of a module a function, as src/code-cache.ts loads it. The first line stays the first. */
function wrapped(text) {
  return `/*${buildId}*/(function (exports, require, module, __filename, __dirname) {${text}\n})`;
}

const chunks = await build({
  ...common,
  entryPoints: { program: 'src/program.ts' },
  format: 'esm',
  splitting: true,
  define: { __SLIPWAY_VERSION__: JSON.stringify(version) },
});
const texts = new Map(chunks.outputFiles.map(({ path, text }) => [basename(path), text]));
const graph = new Map(Object.entries(chunks.metafile.outputs).map(([path, output]) => [basename(path), output]));
const buildId = createHash('sha256')
  .update(JSON.stringify([version, ...texts, onDemand.map(String)]))
  .digest('hex')
  .slice(0, 32);
const inProgram = reached(['program.js'], (source) => !onDemand.some((part) => part.test(source)));
const inRest = [...graph.keys()].filter((name) => !inProgram.has(name));

/** Returns the chunks that some load, and those that they import on demand where `followed` accepts the source. */
function reached(names, followed, found = new Set()) {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    const { imports } = graph.get(name);
    const next = imports.filter(
      ({ path, kind, external }) =>
        !external && (kind !== 'dynamic-import' || followed(graph.get(basename(path)).entryPoint)),
    );
    reached(
      next.map(({ path }) => basename(path)),
      followed,
      found,
    );
  }
  return found;
}

/** Takes chunks from memory, and those of the other file by its `chunk` function. */
const fromChunks = (own, other) => ({
  name: 'chunks',
  setup(all) {
    all.onResolve({ filter: /^\.\/program\.cjs$|^\.\/rest\.cjs$/ }, ({ path }) => ({ path, external: true }));
    all.onResolve({ filter: /^\.\// }, ({ path }) => {
      const name = basename(path);
      return { path: name, namespace: own.has(name) ? 'own' : 'other' };
    });
    all.onLoad({ filter: /./, namespace: 'own' }, ({ path }) => ({ contents: texts.get(path), resolveDir: root }));
    all.onLoad({ filter: /./, namespace: 'other' }, ({ path }) => ({
      contents: `module.exports = require('./${other}').chunk('${path}');`,
      resolveDir: root,
    }));
  },
});

/** Exports chunks by name. Each is evaluated when it is asked for. */
const chunkTable = (names) =>
  `const table = { ${names.map((name) => `'${name}': () => require('./${name}')`).join(', ')} };
export const chunk = (name) => table[name]();`;

const usedByRest = new Set(
  inRest.flatMap((name) => graph.get(name).imports.map(({ path }) => basename(path))).filter((n) => inProgram.has(n)),
);
const usedByProgram = new Set(
  [...inProgram].flatMap((name) => graph.get(name).imports.map(({ path }) => basename(path))),
);
const [program, rest] = await Promise.all([
  toCommonJs({
    stdin: {
      contents: `export { runProgram } from './program.js';\n${chunkTable([...usedByRest])}`,
      resolveDir: root,
    },
    plugins: [fromChunks(inProgram, 'rest.cjs')],
  }),
  toCommonJs({
    stdin: { contents: chunkTable(inRest.filter((name) => usedByProgram.has(name))), resolveDir: root },
    plugins: [fromChunks(new Set(inRest), 'program.cjs')],
  }),
]);

const entry = await toCommonJs({
  entryPoints: { slipway: 'src/main.ts' },
  define: {
    __SLIPWAY_VERSION__: JSON.stringify(version),
    __SLIPWAY_BUILD__: JSON.stringify(buildId),
  },
});

// What is bundled keeps its licences beside it.
const packages = new Set(
  Object.keys(chunks.metafile.inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
);
const notices = await Promise.all(
  [...packages].sort().map(async (name) => `${name}\n\n${await licenceOf(join(root, 'node_modules', name))}`),
);

// Node takes `--env-file` for its own wherever it stands, unless `--` comes first: a missing file ended it with code 9, and NODE_OPTIONS
// of the file were obeyed. To the shell, the second line starts Node; to JavaScript, it is a text and a comment.
const launcher = `#!/bin/sh
":" //; exec node -- "$0" "$@"
`;

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir);
const written = {
  'program.cjs': wrapped(program),
  'rest.cjs': wrapped(rest),
  'slipway.js': `${launcher}${entry}`,
  // The package is of ES modules; these files are not.
  'package.json': '{ "type": "commonjs" }\n',
  'LICENSES.txt': notices.join('\n----\n\n'),
};
for (const [name, text] of Object.entries(written)) await writeFile(join(outdir, name), text);
await chmod(join(outdir, 'slipway.js'), 0o755);

async function licenceOf(folder) {
  const name = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
  if (name === undefined) throw new Error(`no licence in ${folder}`);
  return await readFile(join(folder, name), 'utf8');
}
