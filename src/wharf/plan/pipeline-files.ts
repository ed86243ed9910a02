import { readdir, stat } from 'node:fs/promises';
import type { PipelineFiles } from './locate-pipeline.ts';
import { ownerOfPlanted } from '../../util/planted-file.ts';
import { readRegularFile } from '../../util/read-regular-file.ts';

/** The real file system as `PipelineFiles`. */
export const pipelineFiles: PipelineFiles = {
  async kind(path) {
    try {
      return (await stat(path)).isDirectory() ? 'folder' : 'file';
    } catch (error) {
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
        return undefined;
      throw error;
    }
  },
  read: async (path) => await readRegularFile(path),
  ownerOfPlanted: async (path, place) => ownerOfPlanted(path, place),
  list: async (path) => await readdir(path),
};
