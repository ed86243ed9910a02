import { posix } from 'node:path';

/** Folder names that say nothing of what is in them. */
const plainFolders = new Set(
  ['src', 'source', 'app', 'docker', 'build', 'builds', 'deploy', 'deployment', 'container', 'image', 'images', 'cmd']
    .concat(['services', 'service', 'apps', 'packages', 'main', 'dockerfiles', 'config', 'k8s', 'package'])
    .concat(['java', 'go', 'python', 'node', 'code', 'project']),
);

/** Words that tell the Dockerfiles of one folder apart, but name no image. */
const variants = new Set(
  ['dev', 'develop', 'development', 'prod', 'production', 'release', 'test', 'tests', 'testing', 'ci', 'debug', 'local']
    .concat([
      'base',
      'build',
      'builder',
      'e2e',
      'lint',
      'multi',
      'multistage',
      'alpine',
      'debian',
      'slim',
      'arm',
      'arm64',
    ])
    .concat(['amd64', 'windows', 'native', 'jvm', 'old', 'bak', 'example', 'skaffold', 'tilt']),
);

export interface DockerfileName {
  /** `web` of `Dockerfile.web` and `web.Dockerfile`. Empty: just `Dockerfile`. */
  readonly word: string;
  /** Whether the word names a variant of the folder's image. */
  readonly isVariant: boolean;
}

/** Returns what the name of a file says, if it is that of a Dockerfile: a prefix or suffix of any case. */
export function dockerfileName(path: string): DockerfileName | undefined {
  const name = posix.basename(path);
  if (/\.dockerignore$/i.test(name)) return undefined;
  const [, before, after] = /^(.*)(?:docker|container)file(.*)$/i.exec(name) ?? [];
  if (before === undefined || after === undefined || (before !== '' && after !== '')) return undefined;
  const word = (before + after).replace(/^[._-]+|[._-]+$/g, '');
  return { word, isVariant: variants.has(word.toLowerCase()) };
}

/**
 * Returns the names that an image of a folder may have, the best one first: the folder, with the folder above, and for a folder
 * whose name says nothing the one above.
 * @param folder relative to the project
 * @param project the name of the project's folder
 * @param word what the file itself adds: `web` of `Dockerfile.web`
 */
export function imageNames(folder: string, project: string, word = ''): readonly string[] {
  const parts = folder === '.' ? [] : folder.split('/');
  const last = parts.findLastIndex((part) => !plainFolders.has(part.toLowerCase()));
  const own = last < 0 ? project : (parts[last] ?? project);
  const above = last > 0 ? parts[last - 1] : last === 0 ? project : undefined;
  const joined = above === undefined ? [] : [`${above}-${own}`];
  const inner = parts.slice(last + 1).at(-1);
  // A folder like `app` may still be the name.
  const plain = inner === undefined ? [] : [inner];
  if (word === '') return unique([own, ...joined, ...plain]);
  return unique([word, `${own}-${word}`, `${word}-${own}`, ...(above === undefined ? [] : [`${above}-${word}`])]);
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== ''))];
}

/** Returns a name as the last part of an image's name has it: lower case, no other characters than `a-z0-9._-`. */
export function imageWord(name: string): string {
  const word = name
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return word === '' ? 'app' : word;
}
