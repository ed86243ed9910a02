/** Programs of the tests, for processes of their own: Node 20 runs no TypeScript. */
import { mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const cache = fileURLToPath(new URL('../../node_modules/.cache/slipway-tests', import.meta.url));

/** @returns the path of a module that Node runs, below `node_modules` so that packages are found from there */
export async function bundled(entry: URL): Promise<string> {
  await mkdir(cache, { recursive: true });
  const outfile = join(cache, `${basename(entry.pathname, '.ts')}.mjs`);
  // Other test processes may be running or writing the same program: it is replaced whole.
  const written = `${outfile}.${process.pid}`;
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile: written,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  await rename(written, outfile);
  return outfile;
}
