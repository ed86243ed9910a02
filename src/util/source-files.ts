import { readdir, stat } from 'node:fs/promises';
import { ownerOfPlanted } from './planted-file.ts';
import { readRegularFile } from './read-regular-file.ts';

/** Access to the files that users name. Each rejects with the system's error. */
export interface SourceFiles {
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

/** Returns files with one more, whose text is known. */
export function withText(files: SourceFiles, path: string, text: string): SourceFiles {
  return {
    kind: async (other) => (other === path ? 'file' : await files.kind(other)),
    read: async (other) => (other === path ? Buffer.from(text) : await files.read(other)),
    ownerOfPlanted: async (other, place) => (other === path ? undefined : await files.ownerOfPlanted(other, place)),
    list: async (other) => await files.list(other),
  };
}

/** The real file system as `SourceFiles`. */
export const sourceFiles: SourceFiles = {
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
