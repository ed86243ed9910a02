import { Buffer } from 'node:buffer';
import type { TarSource } from '../model/tree.ts';
import { writeTar } from '../util/tar/tar-writer.ts';
import type { StepFile } from './step-workload.ts';

/** A tree of a few files that are in memory. Those that are no programs can be read by their owner alone: they may hold secrets. */
export function filesTree(files: readonly StepFile[]): TarSource {
  return {
    open: (owner) =>
      writeTar(
        files.map(({ name, text, executable }) => {
          // Made anew: the tar owns what it is given, and a tree can be opened any number of times.
          const body = Buffer.from(text);
          const header = { name: Buffer.from(name), type: 'file', mode: executable ? 0o755 : 0o600, uid: owner?.uid ?? 0, gid: owner?.gid ?? 0, size: body.length, mtimeMs: 0 } as const;
          return { header, body };
        }),
      ),
  };
}
