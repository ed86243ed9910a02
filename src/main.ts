/** Where the process begins: the only file that knows `process`. Everything else is loaded when it is needed. */
declare const __SLIPWAY_VERSION__: string | undefined;

const version = typeof __SLIPWAY_VERSION__ === 'string' ? __SLIPWAY_VERSION__ : '0.0.0-source';

async function main(): Promise<void> {
  keepCompiledCode();
  const [{ processHost }, { runCli }] = await Promise.all([import('./cli/process-host.ts'), import('./cli/run-cli.ts')]);
  const host = processHost(process);
  let code: number;
  try {
    code = await runCli(host, version, async () => (await import('./app/compose.ts')).composeServices(host));
  } catch (error) {
    code = reportBug(error);
  }
  await host.flush();
  process.exit(code);
}

/** Node 22.8 and later keep what they compiled for the next start; the older ones have no such thing. */
function keepCompiledCode(): void {
  const { getBuiltinModule } = process as { getBuiltinModule?: (id: string) => unknown };
  const nodeModule = getBuiltinModule?.('node:module') as { enableCompileCache?: () => unknown } | undefined;
  nodeModule?.enableCompileCache?.();
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
