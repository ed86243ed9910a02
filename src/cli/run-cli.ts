/** The command line as a function: takes arguments and a host, returns an exit code. */
import { CommanderError } from 'commander';
import { visible } from '../util/visible.ts';
import { withoutDryRunValue } from './dry-run-flag.ts';
import { toFileError } from '../util/file-error.ts';
import { exitCodes, type Host } from './host.ts';
import { Invocation } from './invocation.ts';
import { makeProgram } from './program.ts';
import type { Services } from '../runs/services.ts';
import { isStoreError } from './is-store-error.ts';
import { UsageError } from './usage-error.ts';

/**
 * @param compose creates the services; called at most once, when a command needs them
 */
export async function runCli(host: Host, version: string, compose: () => Promise<Services>): Promise<number> {
  const written: { screen: 'stdout' | 'stderr'; text: string }[] = [];
  const program = makeProgram(
    {
      stdout: (text) => written.push({ screen: 'stdout', text }),
      stderr: (text) => written.push({ screen: 'stderr', text }),
    },
    () => invocation,
  );
  const invocation: Invocation = new Invocation(host, version, compose, program.globals, () =>
    makeProgram({ stdout: () => {}, stderr: () => {} }, () => invocation),
  );
  try {
    if (host.argv[0] === '--version' || host.argv[0] === '-V') {
      await host.stdout.write(`${version}\n`);
      return exitCodes.succeeded;
    }
    await program.root.parseAsync([...withoutDryRunValue(host.argv)], { from: 'user' });
    return invocation.code;
  } catch (error) {
    const code = exitOf(error);
    if (code === undefined) throw error;
    for (const { screen, text } of written) await host[screen].write(text);
    for (const line of messageOf(error)) await host.stderr.write(`${line}\n`);
    return code;
  } finally {
    await invocation.close();
  }
}

/** Returns the exit code of an expected error, or `undefined`. */
function exitOf(error: unknown): number | undefined {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.succeeded : exitCodes.usage;
  if (error instanceof UsageError) return exitCodes.usage;
  return isStoreError(error) || toFileError(error) !== undefined ? exitCodes.unavailable : undefined;
}

/** Returns the message of an error. The parser has already printed its own. */
function messageOf(error: unknown): string[] {
  return linesOf(error)
    .flatMap((line) => line.split('\n'))
    .map(visible);
}

function linesOf(error: unknown): string[] {
  if (error instanceof UsageError) return [`error: ${error.message}`, ...error.hints.map((hint) => `  ${hint}`)];
  const refused = isStoreError(error) ? error : toFileError(error);
  if (refused === undefined) return [];
  return [`error: ${refused.message}`, ...(refused.help === undefined ? [] : [`  ${refused.help}`])];
}
