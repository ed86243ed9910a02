import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { problem } from './problem.ts';
import type { Checked } from '../model/diagnostic.ts';
import type { TarSource } from '../model/tree.ts';
import { readRegularFile } from '../util/read-regular-file.ts';
import { tarOfFiles, type TarFile } from '../tar/tar-of-files.ts';

/**
 * Reads the operator's certificates as a world-readable tree.
 * @param path a PEM file, or a folder of PEM files
 */
export async function readCertificates(path: string): Promise<Checked<TarSource>> {
  try {
    const files = (await stat(path)).isDirectory() ? await filesOf(path) : [await certificate(path)];
    return { value: { open: (owner) => tarOfFiles(files, owner) }, diagnostics: [] };
  } catch (error) {
    return {
      diagnostics: [
        problem('W063', undefined, {
          name: 'certificates',
          key: basename(path),
          detail: error instanceof Error ? error.message : String(error),
        }),
      ],
    };
  }
}

/** Returns the files in a folder and the links to files. */
async function filesOf(folder: string): Promise<readonly TarFile[]> {
  const found: TarFile[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const file = join(folder, name);
    if ((await stat(file)).isFile()) found.push(await certificate(file));
  }
  return found;
}

async function certificate(file: string): Promise<TarFile> {
  return { name: basename(file), content: await readRegularFile(file), mode: 0o644 };
}
