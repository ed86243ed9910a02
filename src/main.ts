/** The entry point, and the only file that uses the global `process`. Everything else is loaded on demand. */
import nodeModule, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { cannotWrite, isBrokenPipe } from './util/write-failure.ts';
import type * as Program from './program.ts';

declare const __SLIPWAY_VERSION__: string | undefined;

const version = typeof __SLIPWAY_VERSION__ === 'string' ? __SLIPWAY_VERSION__ : '0.0.0-source';

/** These commands need most of the program. One bundled file loads faster than fifty modules. */
const bundledCommands = new Set(['run', 'resume', 'validate', 'vars']);

async function main(): Promise<void> {
  const folder = cacheFolder();
  const nodeKeepsCache = useNodeCompileCache(folder);
  if (!bundledCommands.has(process.argv[2] ?? '')) {
    const { runProgram } = await import('./program.ts');
    await runProgram(process, version, reportBug);
    return;
  }
  const { program, keep } = await loadBundle(nodeKeepsCache ? undefined : folder);
  await program.runProgram(process, version, reportBug, keep);
}

/** Loads the whole program from one file that `scripts/build.mjs` made. */
async function loadBundle(folder: string | undefined): Promise<{ program: typeof Program; keep?: () => void }> {
  const file = fileURLToPath(new URL('program-in-one.cjs', import.meta.url));
  if (folder === undefined) return { program: createRequire(import.meta.url)(file) as typeof Program };
  const { loadWithCodeCache } = await import('./code-cache.ts');
  const { exports, keep } = loadWithCodeCache(file, folder);
  return { program: exports as typeof Program, keep };
}

/** Returns the folder for compiled code. It belongs to the user alone, because its content is executed. */
function cacheFolder(): string | undefined {
  const { XDG_CACHE_HOME: caches, HOME: home } = process.env;
  const folder =
    caches !== undefined && caches !== '' ? caches : home !== undefined && home !== '' ? `${home}/.cache` : undefined;
  return folder === undefined ? undefined : `${folder}/slipway/compiled`;
}

/** Enables the compile cache of Node 22.8 and later. Reports whether Node has one. */
function useNodeCompileCache(folder: string | undefined): boolean {
  const { enableCompileCache } = nodeModule as unknown as {
    enableCompileCache?: (this: void, directory: string) => unknown;
  };
  if (enableCompileCache === undefined) return false;
  if (folder !== undefined) enableCompileCache(folder);
  return true;
}

/** Prints a bug with everything that a report needs. Returns the exit code. */
function reportBug(error: unknown): number {
  const detail = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  process.stderr.write(
    `\nslipway ${version}: internal error; please report the command that you ran and the text below\n\n${detail}\n\n` +
      `node ${process.version}  ${process.platform} ${process.arch}\n`,
  );
  return 1;
}

if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.on('error', (error: Error) => {
    if (isBrokenPipe(error)) return;
    process.stderr.write(`error: ${cannotWrite('standard output', error)}\n`);
    process.exitCode = 3;
  });
  process.stdout.write(`${version}\n`);
} else {
  process.on('unhandledRejection', (error) => process.exit(reportBug(error)));
  process.on('uncaughtException', (error) => process.exit(reportBug(error)));
  void main();
}
