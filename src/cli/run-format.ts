import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Invocation } from './invocation.ts';

type Format = 'skaffold' | 'pipeline';

/**
 * Returns what `run` is about. Its flags depend on it, so this looks at the words before they are parsed: `--filename`, or the first
 * word that is the path of a project, else the current folder. A folder with both files is a pipeline. `undefined`: it has neither.
 */
export function runFormat({ host, directory }: Pick<Invocation, 'host' | 'directory'>): Format | undefined {
  const words = host.argv.slice(host.argv.indexOf('run') + 1);
  if (words.some((word) => /^(?:-f|--filename(?:$|=))/.test(word))) return 'skaffold';
  const found = words.map((word) => formatOf(resolve(directory, word))).find((format) => format !== undefined);
  return found ?? formatOf(directory);
}

function formatOf(path: string): Format | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true) {
    const name = basename(path);
    if (name === '.wharf-ci.yml') return 'pipeline';
    return /^skaffold.*\.ya?ml$/.test(name) ? 'skaffold' : undefined;
  }
  if (found?.isDirectory() !== true) return undefined;
  if (existsSync(join(path, '.wharf-ci.yml'))) return 'pipeline';
  return existsSync(join(path, 'skaffold.yaml')) || existsSync(join(path, 'skaffold.yml')) ? 'skaffold' : undefined;
}
