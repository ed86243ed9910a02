import { lstat, readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, parse, resolve } from 'node:path';
import { appendGlob } from '../../util/glob/append-glob.ts';
import { PatternBuilder } from '../../util/glob/pattern-builder.ts';
import type { Pattern } from '../../util/glob/pattern.ts';

/** What a pattern of `manifests.rawYaml` selects. */
export interface SelectedFiles {
  /** Absolute paths, sorted by name in each folder. Only `.yaml`, `.yml` and `.json`. */
  readonly files: readonly string[];
  /** The pattern matches nothing at all, not even a file of another kind. */
  readonly isMissing: boolean;
}

/**
 * Returns the manifests that a pattern of Go's `filepath.Glob` selects, as Skaffold does: `*` and `**` match within one part of a path,
 * names that start with a dot too, and braces are characters. A folder counts with all files in it and below it. Rejects with the
 * system's errors, but a folder that cannot be read has no matches.
 */
export async function manifestFiles(pattern: string, folder: string): Promise<SelectedFiles> {
  // A name may have characters of patterns.
  const literal = resolve(folder, pattern);
  const matches = (await exists(literal)) ? [literal] : await glob(normalize(pattern), resolve(folder));
  const files: string[] = [];
  for (const match of matches) files.push(...(await filesAt(match)));
  return { files: files.filter((file) => /\.(?:ya?ml|json)$/.test(file)), isMissing: matches.length === 0 };
}

async function glob(pattern: string, folder: string): Promise<readonly string[]> {
  let found: readonly string[] = [isAbsolute(pattern) ? parse(pattern).root : folder];
  for (const part of pattern.split('/').filter((each) => each !== '')) {
    const isPattern = /[*?[\\]/.test(part);
    const next: string[] = [];
    for (const at of found) {
      if (isPattern) next.push(...(await matchesIn(at, compile(part))));
      else if (await exists(join(at, part))) next.push(join(at, part));
    }
    found = next;
  }
  return found;
}

function compile(part: string): Pattern {
  const builder = new PatternBuilder();
  const syntax = { braces: false, unfinished: 'nothing', normalized: false } as const;
  // Go knows no `**`.
  appendGlob(builder, part.replaceAll(/\*+/g, '*'), 'file', syntax);
  return builder.build();
}

async function matchesIn(folder: string, pattern: Pattern): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch {
    // As Go's `filepath.Glob`. Files stand beside the folders that a pattern means.
    return [];
  }
  return sorted(names.filter((name) => pattern.matches(`/${name}`))).map((name) => join(folder, name));
}

/** Returns a file itself, or all files in a folder and below it. Does not follow links to folders that it finds there. */
async function filesAt(path: string): Promise<readonly string[]> {
  return (await stat(path)).isDirectory() ? await filesBelow(path) : [path];
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  const files: string[] = [];
  for (const name of sorted(entries.map((entry) => entry.name))) {
    const path = join(folder, name);
    files.push(...(folders.has(name) ? await filesBelow(path) : [path]));
  }
  return files;
}

/** Sorts as Go does, not by the rules of a language. */
function sorted(names: readonly string[]): readonly string[] {
  return [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}
