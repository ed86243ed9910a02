import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Invocation } from './invocation.ts';

/**
 * Reports whether `run` is about a `skaffold.yaml`. The flags of `run` depend on it, so this looks at the words before they are
 * parsed: `--filename`, or the first word that is the path of a project, else the current folder. A folder with both files is a
 * pipeline.
 */
export function runsSkaffold({ host, directory }: Pick<Invocation, 'host' | 'directory'>): boolean {
  const words = host.argv.slice(host.argv.indexOf('run') + 1);
  if (words.some((word) => /^(?:-f|--filename(?:$|=))/.test(word))) return true;
  const found = words.map((word) => formatOf(resolve(directory, word))).find((format) => format !== undefined);
  return (found ?? formatOf(directory)) === 'skaffold';
}

function formatOf(path: string): 'skaffold' | 'pipeline' | undefined {
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
