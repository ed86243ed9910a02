import { expect } from 'vitest';
import type { CliRun } from './run-cli.ts';

/**
 * Presses Ctrl-C twice after the step has printed `begun`. The run must stop immediately and report what it left and
 * how to remove it.
 */
export async function interruptTwice(run: CliRun): Promise<void> {
  await run.until('| begun');
  run.signal('SIGINT');
  await run.until('press Ctrl-C again');
  run.signal('SIGINT');
  const { stdout, stderr } = await run.exits(130);
  expect(stdout + stderr).toMatch(/left behind|doctor --clean/);
}
