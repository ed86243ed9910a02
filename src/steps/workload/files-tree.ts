import type { TarSource } from '../../model/tree.ts';
import { tarOfFiles } from '../../tar/tar-of-files.ts';
import type { StepFile } from './step-workload.ts';

/**
 * Returns a tree of files in memory. Only their owner can read them, because they may hold secrets. That includes
 * scripts.
 */
export function filesTree(files: readonly StepFile[]): TarSource {
  const entries = files.map(({ name, text, executable }) => ({
    name,
    content: text,
    mode: executable ? 0o500 : 0o600,
  }));
  return { open: (owner) => tarOfFiles(entries, owner) };
}
