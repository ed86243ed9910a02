/**
 * The entry point, and the only file that uses the global `process`. The build makes a CommonJS file of it, and loads
 * everything else on demand.
 */
import { createRequire } from 'node:module';
import { isAbsolute } from 'node:path';
import { CachedProgram } from './code-cache.ts';
import { cannotWrite, isBrokenPipe } from './util/write-failure.ts';
import type * as Program from './program.ts';

declare const __SLIPWAY_VERSION__: string;
declare const __SLIPWAY_BUILD__: string;
declare const __dirname: string;
declare const __filename: string;

const version = __SLIPWAY_VERSION__;
const require = createRequire(__filename);

async function main(): Promise<void> {
  const folder = cacheFolder();
  // Mistyped words keep nothing: see `runProgram`.
  const use = /^(?:--?)?([a-z_]{1,20})$/.exec(useOf(process.argv.slice(2)))?.[1];
  const kept = folder !== undefined && use !== undefined ? { folder, use } : undefined;
  const program = new CachedProgram(__dirname, __SLIPWAY_BUILD__, kept, requirePackage);
  const { runProgram } = program.load('program.cjs') as typeof Program;
  await runProgram(process, version, reportBug, () => program.keep());
}

/** Returns the command, or a flag in its place, like `--help`. */
function useOf([word = '--help', ...others]: readonly string[]): string {
  if (/^(?:-C|--directory|--output|--color)$/.test(word)) return useOf(others.slice(1));
  return /^(?:-C.|--(?:directory|output|color)=)/.test(word) ? useOf(others) : word;
}

/** Loads a module of Node, or a binary of `libsql`, which is a package of its own that some package managers keep apart. */
function requirePackage(name: string): unknown {
  try {
    return require(name) as unknown;
  } catch (error) {
    if (!name.startsWith('@libsql/')) throw error;
    return createRequire(require.resolve('libsql'))(name) as unknown;
  }
}

/**
 * Returns the folder for compiled code. It belongs to the user alone, because its content is executed. Relative paths
 * count as unset: they could lead into a repository.
 */
function cacheFolder(): string | undefined {
  const { XDG_CACHE_HOME: caches = '', HOME: home = '' } = process.env;
  const folder = isAbsolute(caches) ? caches : isAbsolute(home) ? `${home}/.cache` : undefined;
  return folder === undefined ? undefined : `${folder}/slipway/compiled`;
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
