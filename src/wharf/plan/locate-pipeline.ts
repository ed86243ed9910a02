import { basename, dirname, join } from 'node:path';
import { problem } from '../problem.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type { Checked } from '../../model/diagnostic.ts';

/** The file system operations. Each rejects with the system's error. */
export interface PipelineFiles {
  /** Returns `undefined` if the path does not exist. */
  kind(path: string): Promise<'file' | 'folder' | undefined>;
  /** Rejects also for a non-regular file such as a device, and for a file larger than 8 MiB. */
  read(path: string): Promise<Uint8Array>;
  /**
   * Returns the user id of another user who may have planted the file. Returns `undefined` if the file is trusted or
   * missing.
   */
  ownerOfPlanted(path: string, place: 'project' | 'above'): Promise<number | undefined>;
  /** Lists the names in a folder. */
  list(path: string): Promise<readonly string[]>;
}

/** The only valid name of a pipeline. */
export const pipelineFile = '.wharf-ci.yml';

export interface PipelineLocation {
  /** The name of the folder. */
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  /** Relative to `directory`. */
  readonly file: string;
}

/**
 * Finds the pipeline at a path.
 * @param path absolute path of the file or its folder
 */
export async function locatePipeline(path: string, files: PipelineFiles): Promise<Checked<PipelineLocation>> {
  const kind = await files.kind(path);
  if (kind === 'file' && basename(path) !== pipelineFile)
    return { diagnostics: [problem('W002', undefined, { name: basename(path) })] };
  if (kind === undefined && basename(path) !== pipelineFile) return { diagnostics: [await missing(path, files)] };
  const directory = kind === 'folder' ? path : dirname(path);
  if (kind !== 'file' && (await files.kind(join(directory, pipelineFile))) !== 'file')
    return { diagnostics: [await missing(directory, files)] };
  return { value: { name: basename(directory) || directory, directory, file: pipelineFile }, diagnostics: [] };
}

async function missing(folder: string, files: PipelineFiles) {
  const exists = (await files.kind(folder)) === 'folder';
  const names = exists ? await files.list(folder) : [];
  const similar = names.filter((name) => suggest(name, [pipelineFile]) !== undefined && /\.ya?ml$/i.test(name));
  return problem('W001', undefined, { folder, exists, similar, above: await nearestAbove(folder, files) });
}

/**
 * Returns the nearest parent folder with a pipeline. Messages suggest it, but Slipway runs only the path that the user
 * passed.
 */
async function nearestAbove(folder: string, files: PipelineFiles): Promise<string | undefined> {
  for (let above = dirname(folder); above !== dirname(above); above = dirname(above)) {
    const kind = await files.kind(join(above, pipelineFile)).catch(() => undefined);
    if (kind === 'file') return above;
  }
  return undefined;
}
