import { expect } from 'vitest';
import type { CliRun } from './run-cli.ts';

/** Ctrl-C twice, once its step has printed `begun`: it ends at once, and says what it left and how that is removed. */
export async function stopAtOnce(run: CliRun): Promise<void> {
  await run.until('| begun');
  run.signal('SIGINT');
  await run.until('press Ctrl-C again');
  run.signal('SIGINT');
  const { stdout, stderr } = await run.exits(130);
  expect(stdout + stderr).toMatch(/left behind|doctor --clean/);
}
