import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { devNull } from 'node:os';
import type { PipelineFiles } from '../plan/locate-pipeline.ts';

/** The file system, as the front end asks it. */
export const pipelineFiles: PipelineFiles = {
  async kind(path) {
    try {
      return (await stat(path)).isDirectory() ? 'folder' : 'file';
    } catch (error) {
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
      throw error;
    }
  },
  async read(path) {
    if (!(await isRegular(path))) throw new Error('it is not a regular file');
    return await readFile(path);
  },
  list: async (path) => await readdir(path),
};

/** A link of a repository to a pipe or to `/dev/zero` would never end. `/dev/null` is an empty file. */
async function isRegular(path: string): Promise<boolean> {
  return (await stat(path)).isFile() || (await realpath(path)) === devNull;
}
