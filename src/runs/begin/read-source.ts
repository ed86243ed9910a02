import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Source } from '../../events/event.ts';

/** The project of a path. Needs no call to Git. */
export type SourcePlace = Pick<Source, 'project' | 'directory' | 'file'>;

/** Returns the project of a path. The path need not exist: such a run fails, and its diagnostics say why. */
export async function placeSource(path: string, file: string): Promise<SourcePlace> {
  const { projectOf } = await import('../../workspace/git/git.ts');
  const directory = await configurationFolder(path, file);
  try {
    return { project: projectOf({ directory, file }), directory, file };
  } catch {
    return { project: `${directory}/${file}`, directory, file };
  }
}

/** Adds what the repository says. Starts a Git process, which the signal ends. */
export async function describeSource(
  place: SourcePlace,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Source> {
  const { describeRepository } = await import('../../workspace/git/git.ts');
  try {
    const repository = await describeRepository(place.directory, signal, env);
    if (repository === undefined) return place;
    const { repository: url, commit, ref, dirty } = repository;
    return {
      ...place,
      ...(url !== undefined && { repository: url }),
      ...(commit !== undefined && { commit }),
      ...(ref !== undefined && { ref }),
      ...(dirty !== undefined && { dirty }),
    };
  } catch {
    return place;
  }
}

async function configurationFolder(path: string, file: string): Promise<string> {
  try {
    const folder = (await stat(path)).isDirectory() ? path : dirname(path);
    return await realpath(folder);
  } catch {
    return basename(path) === file ? dirname(path) : path;
  }
}
