/** Finds projects that need no Dockerfile: Go programs for ko, and whatever buildpacks recognize. */
import { posix } from 'node:path';
import type { BuildpacksProject, KoProject } from '../../engine/project-initializer.ts';
import { imageNames } from './builder-names.ts';

const buildpacksFiles = ['project.toml', 'package.json', 'go.mod', 'requirements.txt', 'pyproject.toml', 'Gemfile'];

export function isBuildpacksName(path: string): boolean {
  return buildpacksFiles.includes(posix.basename(path));
}

/** Returns one project for each folder with such a file. @param builder the image of the builder */
export function findBuildpacks(
  files: readonly string[],
  builder: string,
  project: string,
): readonly BuildpacksProject[] {
  const folders = new Map<string, string>();
  for (const name of buildpacksFiles)
    for (const path of files) {
      const folder = posix.dirname(path);
      if (posix.basename(path) === name && !folders.has(folder)) folders.set(folder, path);
    }
  return [...folders].map(([context, path]) => ({
    ...{ type: 'buildpacks', path, context, builder, ports: [] },
    names: imageNames(context, project),
  }));
}

/** Returns the `main` packages of Go modules. @param mains the files of `main` packages */
export function findKo(modules: readonly string[], mains: readonly string[], project: string): readonly KoProject[] {
  const folders = modules.map((path) => posix.dirname(path));
  const packages = [...new Set(mains.map((path) => posix.dirname(path)))];
  return packages.flatMap((folder) => {
    const context = folders
      .filter((module) => module === '.' || folder === module || folder.startsWith(`${module}/`))
      .toSorted((a, b) => b.length - a.length)[0];
    if (context === undefined) return [];
    const main = posix.relative(context, folder);
    return [
      {
        ...{ type: 'ko', path: posix.join(context, 'go.mod'), context, ports: [] },
        main: main === '' ? '.' : `./${main}`,
        names: imageNames(folder, project),
      },
    ];
  });
}

/** Reports whether a Go file belongs to a program. Comments before `package` may have any text. */
export function isGoMain(text: string): boolean {
  return /^package[ \t]+main\b/m.test(text) && /^func main\(\)/m.test(text);
}
