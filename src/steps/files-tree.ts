import type { TarSource } from '../model/tree.ts';
import { tarOfFiles } from '../util/tar/tar-of-files.ts';
import type { StepFile } from './step-workload.ts';

/** A tree of a few files that are in memory. Those that are no programs can be read by their owner alone: they may hold secrets. */
export function filesTree(files: readonly StepFile[]): TarSource {
  const entries = files.map(({ name, text, executable }) => ({ name, content: text, mode: executable ? 0o755 : 0o600 }));
  return { open: (owner) => tarOfFiles(entries, owner) };
}
