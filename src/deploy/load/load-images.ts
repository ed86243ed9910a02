import { runCommand } from '../../commands/run-command.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { loadCommands, loadToolPages, type ClusterLoader } from './cluster-loader.ts';

export interface LoadPlace {
  /** The working directory. Absolute. */
  readonly folder: string;
  /** The environment, with the engine that has the images. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Loads images into a cluster of this machine by the program that made it. What the program prints is output of the step. Failures:
 * `start-failed` if the program is missing, `exit-nonzero` with its command.
 */
export async function loadImages(
  loader: ClusterLoader,
  references: readonly string[],
  { folder, env }: LoadPlace,
  work: Work,
): Promise<Outcome> {
  for (const argv of loadCommands(loader, references)) {
    const ended = await runCommand({ argv, cwd: folder, env, install: loadToolPages[loader.tool] }, work);
    if (ended.status === 'failed' && ended.failure.code === 'exit-nonzero')
      return { status: 'failed', failure: { ...ended.failure, command: `command \`${argv.join(' ')}\`` } };
    if (ended.status !== 'succeeded') return ended;
  }
  return succeeded(undefined);
}
