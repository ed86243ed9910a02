/** Programs of the tests, for processes of their own: Node 20 runs no TypeScript. */
import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const cache = fileURLToPath(new URL('../../node_modules/.cache/slipway-tests', import.meta.url));

/** @returns the path of a module that Node runs, below `node_modules` so that packages are found from there */
export async function bundled(entry: URL): Promise<string> {
  await mkdir(cache, { recursive: true });
  const outfile = join(cache, `${basename(entry.pathname, '.ts')}-${process.pid}.mjs`);
  await build({ entryPoints: [fileURLToPath(entry)], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'error' });
  process.once('exit', () => rmSync(outfile, { force: true }));
  return outfile;
}
