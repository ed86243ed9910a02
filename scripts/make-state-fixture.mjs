// Writes test/fixtures/states/format-N, a small state folder as this program writes it, where N is the format of its index.
// Run it once before the format is raised, with the code of the old format: node scripts/make-state-fixture.mjs
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const states = join(root, 'test', 'fixtures', 'states');
const folder = mkdtempSync(join(states, 'new-'));
// In node_modules, so that unbundled packages resolve.
const program = join(root, 'node_modules', '.cache', `make-state-${process.pid}.mjs`);
try {
  await build({
    entryPoints: [join(root, 'test', 'rigs', 'make-state.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'error',
  });
  execFileSync(process.execPath, [program, folder], { stdio: 'inherit' });
  // SQLite keeps `user_version` in bytes 60 to 63 of the file (https://sqlite.org/fileformat.html).
  const format = readFileSync(join(folder, 'index.db')).readUInt32BE(60);
  const made = join(states, `format-${format}`);
  if (existsSync(made)) throw new Error(`${made} exists`);
  renameSync(folder, made);
  console.log(made);
} finally {
  rmSync(program, { force: true });
  rmSync(folder, { recursive: true, force: true });
}
