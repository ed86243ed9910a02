/** The command line in a real process: what `main.ts` loads once it is known that more than the version is wanted. */
import { processHost } from './cli/process-host.ts';
import { runCli } from './cli/run-cli.ts';

export async function runProgram(process: NodeJS.Process, version: string, reportBug: (error: unknown) => number, beforeExit?: () => void): Promise<void> {
  const host = processHost(process);
  let code: number;
  try {
    code = await runCli(host, version, async () => (await import('./app/compose.ts')).composeServices(host));
  } catch (error) {
    code = reportBug(error);
  }
  await host.flush();
  beforeExit?.();
  process.exit(code);
}
