/** Bundles the tests' programs that run in their own process, because Node 20 does not run TypeScript. */
import { mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const cache = fileURLToPath(new URL('../../node_modules/.cache/slipway-tests', import.meta.url));

/** @returns the path of a module for Node, inside `node_modules` so that it finds packages */
export async function bundled(entry: URL): Promise<string> {
  await mkdir(cache, { recursive: true });
  const outfile = join(cache, `${basename(entry.pathname, '.ts')}.mjs`);
  // Replace the file atomically: other test processes may run or write the same program.
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
