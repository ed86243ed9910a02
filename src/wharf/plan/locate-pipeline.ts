import { basename, dirname, join } from 'node:path';
import { problem } from '../problem.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type { Checked } from '../../model/diagnostic.ts';
import type { SourceFiles } from '../../util/source-files.ts';

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
export async function locatePipeline(path: string, files: SourceFiles): Promise<Checked<PipelineLocation>> {
  const kind = await files.kind(path);
  if (kind === 'file' && basename(path) !== pipelineFile)
    return { diagnostics: [problem('W002', undefined, { name: basename(path) })] };
  if (kind === undefined && basename(path) !== pipelineFile) return { diagnostics: [await missing(path, files)] };
  const directory = kind === 'folder' ? path : dirname(path);
  if (kind !== 'file' && (await files.kind(join(directory, pipelineFile))) !== 'file')
    return { diagnostics: [await missing(directory, files)] };
  return { value: { name: basename(directory) || directory, directory, file: pipelineFile }, diagnostics: [] };
}

async function missing(folder: string, files: SourceFiles) {
  const exists = (await files.kind(folder)) === 'folder';
  const names = exists ? await files.list(folder) : [];
  const similar = names.filter((name) => suggest(name, [pipelineFile]) !== undefined && /\.ya?ml$/i.test(name));
  return problem('W001', undefined, { folder, exists, similar, above: await nearestAbove(folder, files) });
}

/**
 * Returns the nearest parent folder with a pipeline. Messages suggest it, but Slipway runs only the path that the user
 * passed.
 */
async function nearestAbove(folder: string, files: SourceFiles): Promise<string | undefined> {
  for (let above = dirname(folder); above !== dirname(above); above = dirname(above)) {
    const kind = await files.kind(join(above, pipelineFile)).catch(() => undefined);
    if (kind === 'file') return above;
  }
  return undefined;
}
