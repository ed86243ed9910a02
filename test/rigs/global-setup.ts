/**
 * Builds the command line once for a test run if it is older than its sources. For `globalSetup` of the test
 * configuration.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = join(root, 'scripts/build.mjs');
const built = join(root, 'dist/slipway.js');

export default async function setup(): Promise<void> {
  if (!existsSync(script) || isFresh()) return;
  try {
    await promisify(execFile)(process.execPath, [script], { cwd: root });
  } catch (error) {
    // Unit tests need no build. Other tests must not run an old one.
    rmSync(built, { force: true });
    console.error(`the command line could not be built: ${String((error as { stderr?: string }).stderr ?? error)}`);
  }
}

function isFresh(): boolean {
  if (!existsSync(built)) return false;
  const builtAt = statSync(built).mtimeMs;
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return [script, join(root, 'package.json'), ...sources.map((entry) => join(entry.parentPath, entry.name))].every(
    (path) => statSync(path).mtimeMs < builtAt,
  );
}
