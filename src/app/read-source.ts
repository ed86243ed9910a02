import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Source } from '../events/event.ts';
import { pipelineFile } from '../plan/locate-pipeline.ts';

/** What a run is of, when it is started with this path; the path need not be there, since that is a run which failed. */
export async function readSource(path: string, env: Readonly<Record<string, string | undefined>>): Promise<Source> {
  const { describeRepository, projectOf } = await import('../workspace/git.ts');
  const directory = await configurationFolder(path);
  const file = pipelineFile;
  try {
    const repository = await describeRepository(directory, new AbortController().signal, env);
    const project = projectOf({ directory, file });
    if (repository === undefined) return { project, directory, file };
    const { repository: url, commit, ref, dirty } = repository;
    return {
      project,
      directory,
      file,
      ...(url !== undefined && { repository: url }),
      ...(commit !== undefined && { commit }),
      ...(ref !== undefined && { ref }),
      ...(dirty !== undefined && { dirty }),
    };
  } catch {
    // Not there, or not to be read: the run that is recorded as failed says so by its diagnostics.
    return { project: `${directory}/${file}`, directory, file };
  }
}

async function configurationFolder(path: string): Promise<string> {
  try {
    const folder = (await stat(path)).isDirectory() ? path : dirname(path);
    return await realpath(folder);
  } catch {
    return basename(path) === pipelineFile ? dirname(path) : path;
  }
}
