/** The tests that judge a mutant: those of its folder that import it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** They need a database, a file system or processes, or try whole contracts: they do not stand alone. */
const integrated = ['src/store/sqlite/', 'src/store/memory/'];

/** The TypeScript files below a folder, or the file itself; relative to the root, sorted. */
export function filesBelow(root: string, path: string): string[] {
  if (path.endsWith('.ts')) return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

export class MutantTests {
  readonly #imports = new Map<string, readonly string[]>();
  /** By folder of the code. */
  readonly #tests = new Map<string, readonly string[]>();
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Returns the tests for a file, the nearest first. */
  of(file: string): readonly string[] {
    const folder = file.split('/').slice(0, 2).join('/');
    let tests = this.#tests.get(folder);
    if (tests === undefined) {
      tests = filesBelow(this.#root, folder).filter(
        (path) => path.endsWith('.test.ts') && !integrated.some((below) => path.startsWith(below)),
      );
      this.#tests.set(folder, tests);
    }
    const own = file.replace(/\.ts$/, '.test.ts');
    const distance = (test: string) => (test === own ? 0 : dirname(test) === dirname(file) ? 1 : 2);
    return tests.filter((test) => this.#reaches(test, file)).sort((a, b) => distance(a) - distance(b));
  }

  #reaches(from: string, to: string): boolean {
    const seen = new Set([from]);
    for (const path of seen) {
      if (path === to) return true;
      for (const next of this.#importsOf(path)) seen.add(next);
    }
    return false;
  }

  #importsOf(path: string): readonly string[] {
    let imports = this.#imports.get(path);
    if (imports === undefined) {
      imports = ts
        .preProcessFile(readFileSync(join(this.#root, path), 'utf8'))
        .importedFiles.map(({ fileName }) => fileName)
        .filter((name) => name.startsWith('.') && name.endsWith('.ts'))
        .map((name) => join(dirname(path), name));
      this.#imports.set(path, imports);
    }
    return imports;
  }
}
