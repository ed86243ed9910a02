import { Buffer } from 'node:buffer';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { problem } from '../diagnostics/problem.ts';
import type { Checked } from '../model/diagnostic.ts';
import type { TarSource } from '../model/tree.ts';
import { writeTar } from '../util/tar/tar-writer.ts';

interface Certificate {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The operator's certificates as a tree that everybody may read. @param path a PEM file, or a folder of them */
export async function readCertificates(path: string): Promise<Checked<TarSource>> {
  try {
    const files = (await stat(path)).isDirectory() ? await filesOf(path) : [{ name: basename(path), bytes: await readFile(path) }];
    return { value: treeOf(files), diagnostics: [] };
  } catch (error) {
    return { diagnostics: [problem('W063', undefined, { name: 'certificates', key: basename(path), detail: error instanceof Error ? error.message : String(error) })] };
  }
}

/** What is a file there, or leads to one. */
async function filesOf(folder: string): Promise<readonly Certificate[]> {
  const found: Certificate[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const file = join(folder, name);
    if ((await stat(file)).isFile()) found.push({ name, bytes: await readFile(file) });
  }
  return found;
}

function treeOf(files: readonly Certificate[]): TarSource {
  return {
    open: (owner) =>
      writeTar(
        files.map(({ name, bytes }) => {
          // Made anew: the tar owns what it is given.
          const body = Buffer.from(bytes);
          return { header: { name: Buffer.from(name), type: 'file', mode: 0o644, uid: owner?.uid ?? 0, gid: owner?.gid ?? 0, size: body.length, mtimeMs: 0 } as const, body };
        }),
      ),
  };
}
