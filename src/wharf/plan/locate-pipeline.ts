import { basename, dirname, join } from 'node:path';
import { problem } from '../../diagnostics/problem.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type { Checked } from '../../model/diagnostic.ts';

/** What is needed of a file system. All reject with the system's own error. */
export interface PipelineFiles {
  /** `undefined` where there is nothing. */
  kind(path: string): Promise<'file' | 'folder' | undefined>;
  /** Rejects also for what is no regular file, such as a device, and for what is larger than 8 MiB. */
  read(path: string): Promise<Uint8Array>;
  /**
   * The number of another user who may have put the file there for us to find; `undefined` where it may be trusted, or
   * is not there.
   */
  planter(path: string, place: 'project' | 'above'): Promise<number | undefined>;
  /** Names in a folder. */
  list(path: string): Promise<readonly string[]>;
}

/** The only name that a pipeline may have. */
export const pipelineFile = '.wharf-ci.yml';

export interface PipelineLocation {
  /** The name of the folder. */
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  /** Within the directory. */
  readonly file: string;
}

/** @param path absolute: the folder that holds the file, or the file itself */
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

/** The nearest parent folder with a pipeline. Parents are only named: what runs is what the user asked for. */
async function nearestAbove(folder: string, files: PipelineFiles): Promise<string | undefined> {
  for (let above = dirname(folder); above !== dirname(above); above = dirname(above)) {
    const kind = await files.kind(join(above, pipelineFile)).catch(() => undefined);
    if (kind === 'file') return above;
  }
  return undefined;
}
