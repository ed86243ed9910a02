import fs from 'node:fs/promises';
import { join, sep } from 'node:path';
import { reasonOf } from '../../util/file-error.ts';
import { readRegularFile } from '../../util/read-regular-file.ts';

/** The text of a file of a project, or why it cannot be read. */
export type FileText = { readonly text: string } | { readonly why: string };

/** Larger files are not written by people. */
const largestFile = 2 ** 20;
/** All files together, in bytes. */
const largestProject = 64 * 2 ** 20;

/** Reads files of one project, each once. Neither a link nor a large file leads out of its limits. */
export class ProjectFiles {
  readonly #root: string;
  #left = largestProject;

  /** @param root a real path */
  constructor(root: string) {
    this.#root = root;
  }

  /** @param path relative to the project */
  async read(path: string): Promise<FileText> {
    try {
      const real = await fs.realpath(join(this.#root, path));
      if (!real.startsWith(this.#root.endsWith(sep) ? this.#root : this.#root + sep))
        return { why: 'it is a link out of the project' };
      if (this.#left <= 0) return { why: 'the files before it have more than 64 MiB' };
      const bytes = await readRegularFile(real, { atMost: largestFile });
      this.#left -= bytes.length;
      return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
    } catch (error) {
      if (error instanceof TypeError) return { why: 'it is not UTF-8 text' };
      if (!(error instanceof Error)) throw error;
      return { why: 'what' in error ? `it is ${String(error.what)}` : reasonOf(error) };
    }
  }
}
