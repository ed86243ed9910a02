import { readdir, readFile, stat } from 'node:fs/promises';
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
  read: async (path) => await readFile(path),
  list: async (path) => await readdir(path),
};
