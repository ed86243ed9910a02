/** Where the process begins: the only file that knows `process`. Everything else is loaded when it is needed. */
import type * as Program from './program.ts';

declare const __SLIPWAY_VERSION__: string | undefined;

/** The same program in a file of its own, made by `scripts/build.mjs`. */
const wholeProgram: string = './program-in-one.js';

const version = typeof __SLIPWAY_VERSION__ === 'string' ? __SLIPWAY_VERSION__ : '0.0.0-source';

/** Commands that drive a run need nearly everything: one file is read faster then than sixty. */
const driving = new Set(['run', 'resume']);

async function main(): Promise<void> {
  keepCompiledCode();
  const { runProgram } = (driving.has(process.argv[2] ?? '') ? await import(wholeProgram) : await import('./program.ts')) as typeof Program;
  await runProgram(process, version, reportBug);
}

/** Node 22.8 and later keep what they compiled for the next start; in the user's own folder, since what is in a shared one would be run. */
function keepCompiledCode(): void {
  const { getBuiltinModule } = process as { getBuiltinModule?: (id: string) => unknown };
  const nodeModule = getBuiltinModule?.('node:module') as { enableCompileCache?: (directory: string) => unknown } | undefined;
  const { XDG_CACHE_HOME: caches, HOME: home } = process.env;
  const folder = caches !== undefined && caches !== '' ? caches : home !== undefined && home !== '' ? `${home}/.cache` : undefined;
  if (folder !== undefined) nodeModule?.enableCompileCache?.(`${folder}/slipway/compiled`);
}

/** The third lane of errors: nobody expected this, so it says everything and where to take it. */
function reportBug(error: unknown): number {
  const detail = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  process.stderr.write(
    `\nslipway ${version}: internal error, please report it with the text below and what you ran\n\n${detail}\n\n` +
      `node ${process.version}  ${process.platform} ${process.arch}\n`,
  );
  return 1;
}

if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${version}\n`);
} else {
  process.on('unhandledRejection', (error) => process.exit(reportBug(error)));
  process.on('uncaughtException', (error) => process.exit(reportBug(error)));
  void main();
}
