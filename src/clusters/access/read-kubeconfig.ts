/** Reads kubeconfigs and the files that they refer to from disk. */
import { delimiter, join } from 'node:path';
import { readRegularFile } from '../../util/read-regular-file.ts';
import { embedded, filesOf, type Entry, type Fields, type KubeconfigFile } from './kubeconfig.ts';

/** Where to look for kubeconfigs. */
export interface KubeconfigPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Returns the files that `kubectl` would read (kubernetes.io, "The KUBECONFIG environment variable"). */
export function kubeconfigFiles({ env, home }: KubeconfigPlaces): readonly string[] {
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length === 0 ? [join(home, '.kube', 'config')] : [...new Set(listed)];
}

/**
 * Reads the existing ones of these files.
 * @returns a sentence if one cannot be read
 */
export async function readKubeconfigs(paths: readonly string[]): Promise<readonly KubeconfigFile[] | string> {
  const { parseKubeconfig } = await import('./parse-kubeconfig.ts');
  const read: KubeconfigFile[] = [];
  for (const path of paths) {
    try {
      read.push({ path, content: parseKubeconfig((await readRegularFile(path)).toString()) });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return messageOf(error);
    }
  }
  return read;
}

/** Returns an entry with its files embedded, or a sentence if one cannot be read. */
export async function complete(entry: Entry): Promise<Fields | string> {
  const contents = new Map<string, Uint8Array>();
  for (const path of filesOf(entry)) {
    try {
      contents.set(path, await readRegularFile(path));
    } catch (error) {
      return messageOf(error);
    }
  }
  return embedded(entry, contents);
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
