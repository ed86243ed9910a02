/** The files of `src` and what they import, for the tests that hold the tree to its rules. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** An import of a file or a package. */
export interface Import {
  readonly from: string;
  /** A path from `src`, or a package. */
  readonly to: string;
  readonly line: number;
  readonly typeOnly: boolean;
}

/** Returns the TypeScript files below a folder of the repository, as paths from it with slashes. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => file.split(sep).join('/'));
}

/** The files of the program, as paths from `src`. */
export const sources = filesBelow('src').filter((file) => !file.endsWith('.test.ts'));

/** Globs in texts contain what begins a comment, so texts are read too. */
const literalOrComment =
  /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;

/** Replaces comments by blanks. */
export function withoutComments(text: string): string {
  return text.replace(literalOrComment, (found) => (found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found));
}

/** Returns a file's text without comments. */
export function codeOf(file: string): string {
  return withoutComments(readFileSync(join(root, file), 'utf8'));
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'"`;]*?from\s+)?'([^']+)'|\b(?:import|require)\(\s*'([^']+)'\s*\)/g;

function importsOf(file: string): Import[] {
  const code = codeOf(`src/${file}`);
  return [...code.matchAll(importPattern)].map((match) => {
    const target = match[2] ?? match[3] ?? '';
    return {
      from: file,
      to: target.startsWith('.')
        ? relative(root, join(root, dirname(file), target))
            .split(sep)
            .join('/')
        : target,
      line: code.slice(0, match.index + match[0].length).split('\n').length,
      typeOnly: match[1] !== undefined,
    };
  });
}

const all = sources.flatMap(importsOf);

/** Imports of files of `src`. */
export const imports = all.filter(({ to }) => to.endsWith('.ts'));

/** Imports of packages and of Node's modules. */
export const packageImports = all.filter(({ to }) => !to.endsWith('.ts'));

export const show = ({ from, to, line }: Import): string => `src/${from}:${line} imports ${to}`;

export const isWithin = (file: string, folder: string): boolean => file.startsWith(`${folder}/`);

/** Returns the folder of the first level, or the name of a file that lies directly in `src`. */
export const folderOf = (file: string): string =>
  file.includes('/') ? (file.split('/')[0] ?? '') : file.replace(/\.ts$/, '');

/** Returns the places of a pattern in these files, as `file:line: text`. */
export function placesOf(pattern: RegExp, files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const code = codeOf(file);
    return [...code.matchAll(new RegExp(pattern, `${pattern.flags.replace('g', '')}g`))].map(
      ({ 0: text, index }) => `${file}:${code.slice(0, index).split('\n').length}: ${text.trim()}`,
    );
  });
}
