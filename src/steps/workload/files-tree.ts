import type { TarSource } from '../../model/tree.ts';
import { tarOfFiles } from '../../tar/tar-of-files.ts';
import type { StepFile } from './step-workload.ts';

/**
 * A tree of a few files that are in memory. Nobody but their owner can read them: they may hold secrets, scripts too.
 */
export function filesTree(files: readonly StepFile[]): TarSource {
  const entries = files.map(({ name, text, executable }) => ({
    name,
    content: text,
    mode: executable ? 0o500 : 0o600,
  }));
  return { open: (owner) => tarOfFiles(entries, owner) };
}
