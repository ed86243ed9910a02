/** Runs the command line in a real process. `main.ts` loads this file for everything but `--version`. */
import { exitCodes } from './cli/host.ts';
import { processHost } from './cli/process-host.ts';
import { runCli } from './cli/run-cli.ts';

export async function runProgram(
  process: NodeJS.Process,
  version: string,
  reportBug: (error: unknown) => number,
  beforeExit?: () => void,
): Promise<void> {
  const host = processHost(process);
  let code: number;
  try {
    code = await runCli(host, version, async () => (await import('./app/compose.ts')).composeServices(host));
  } catch (error) {
    code = reportBug(error);
  }
  await host.flush();
  const failures = host.writeFailures();
  for (const failure of failures) await host.stderr.write(`error: ${failure}\n`);
  await host.flush();
  // A command that was mistyped, or had no engine, says nothing about what its next use needs.
  if (code !== exitCodes.usage && code !== exitCodes.unavailable) beforeExit?.();
  // Output that could not be written makes a success fail. Another exit code stays.
  process.exit(code === exitCodes.succeeded && failures.length > 0 ? exitCodes.unavailable : code);
}
