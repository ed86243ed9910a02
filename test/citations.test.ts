/**
 * Checks what the code and the documents refer to: cited pages and sections exist, and so do the paths that documents
 * name. A moved file or a renamed section fails here, with the file and the line that cites it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length;

/** Files and folders, as paths from the repository's root; folders end with a slash. */
const tree = [
  ...readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : [])),
  ...['src', 'test', 'bench', 'docs', 'examples', 'scripts', '.ci'].flatMap((folder) => [
    `${folder}/`,
    ...readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).map(
      (entry) => relative(root, join(entry.parentPath, entry.name)) + (entry.isDirectory() ? '/' : ''),
    ),
  ]),
];
const documents = tree.filter((file) => file.endsWith('.md'));
const code = tree.filter((file) => /^(src|test|bench)\/.*\.(ts|mjs)$/.test(file) && file !== 'test/citations.test.ts');

interface Citation {
  /** `file:line`. */
  readonly at: string;
  readonly page: string;
  readonly sections: readonly string[];
  /** What follows a citation that has no section: a number cannot be looked up. */
  readonly number: string | undefined;
}

/** `docs/page.md`, `docs/page.md, "Section"` and `docs/page.md, "One" and "Two"`, also wrapped in a comment. */
function citationsIn(file: string, text: string): Citation[] {
  return [...text.matchAll(/\bdocs\/[\w/.-]*?\.md\b/g)].map((match) => {
    const rest = text
      .slice(match.index + match[0].length, match.index + 400)
      .replace(/\n\s*(?:\*(?!\/)|\/\/)?[ \t]*/g, ' ')
      .replace(/^`/, '');
    const cited = /^,(?:(?:,| and)? "[^"]+")+/.exec(rest)?.[0] ?? '';
    return {
      at: `${file}:${lineAt(text, match.index)}`,
      page: match[0],
      sections: [...cited.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
      number: /^ (\d+(?:\.\d+)+)/.exec(rest)?.[1],
    };
  });
}

const plainText = (markdown: string) => markdown.replaceAll(/[`*]/g, '').replace(/\.$/, '');

/** A page's headings, and the bold words that paragraphs begin with. */
const sectionsOf = (page: string) =>
  new Set(
    [...read(page).matchAll(/^(?:#+ (.+)|\*\*(.+?)\*\*)/gm)].map(([, heading, bold = '']) =>
      plainText(heading ?? bold),
    ),
  );

function wrongIn({ at, page, sections, number }: Citation): string[] {
  if (!existsSync(join(root, page))) return [`${at} cites ${page}, which does not exist`];
  if (number !== undefined) return [`${at} cites ${page} ${number}: name the section instead`];
  const known = sectionsOf(page);
  return sections
    .filter((section) => !known.has(section))
    .map((section) => `${at} cites ${page}, "${section}", which is no section of it`);
}

describe('citations', () => {
  it('in code name pages and sections that exist', () => {
    const citations = code.flatMap((file) => citationsIn(file, read(file)));
    expect(citations.length).toBeGreaterThan(100);
    expect(citations.flatMap(wrongIn)).toEqual([]);
  });

  it('in documents name pages and sections that exist', () => {
    expect(documents.flatMap((file) => citationsIn(file, read(file))).flatMap(wrongIn)).toEqual([]);
  });

  it('are read where a comment wraps', () => {
    const at = 'a.ts:1';
    const number = undefined;
    expect(citationsIn('a.ts', '/** (docs/a.md,\n * "One\n * two".) */')).toEqual([
      { at, page: 'docs/a.md', sections: ['One two'], number },
    ]);
    expect(citationsIn('a.ts', '// `docs/b/c.md`, "One" and "Two"')).toEqual([
      { at, page: 'docs/b/c.md', sections: ['One', 'Two'], number },
    ]);
    expect(citationsIn('a.ts', '// docs/a.md\n// 1.7')).toEqual([
      { at, page: 'docs/a.md', sections: [], number: '1.7' },
    ]);
  });
});

/** Documents that describe the tree as it is. */
const aboutTheTree = documents.filter((file) =>
  /^(ARCHITECTURE|CONTRIBUTING)\.md$|^docs\/(plan\.md|decisions\/|design\/)|^bench\/README\.md$/.test(file),
);

/** Names of folders at the root and in `src`: a text in backticks that begins with one is meant as a path. */
const folders = new Set(tree.flatMap((path) => /^(?:src\/)?([^/]+)\/$/.exec(path)?.[1] ?? []));

/** Paths may start at the root, at `src` or at any folder in it: `api/watch.ts` is `src/clusters/api/watch.ts`. */
function resolves(path: string): boolean {
  const exact = path.replace(/\/?NAME.*$/, '/').replace(/\/+$/, '/');
  const pattern = exact.replace(/[.+^$()]/g, '\\$&').replaceAll('*', '[^/]*');
  return tree.some((file) => new RegExp(`(?:^|/)${pattern}/?$`).test(file));
}

/** The texts in backticks that are meant as paths of this repository, with the places where they stand. */
const pathsIn = (file: string, text: string) =>
  [...text.matchAll(/`([\w.*-]+(?:\/[\w.*-]+)*\/?)`/g)].flatMap(({ 1: path = '', index }) => {
    const first = path.split('/')[0] ?? '';
    const isPath = /\.(ts|mjs)$/.test(path) || (path.includes('/') && (folders.has(first) || path.endsWith('/')));
    return isPath ? [{ at: `${file}:${lineAt(text, index)}`, path }] : [];
  });

describe('paths in documents', () => {
  it.each(aboutTheTree)('%s names only what is there', (file) => {
    const gone = pathsIn(file, read(file)).filter(({ path }) => !resolves(path));
    expect(gone.map(({ at, path }) => `${at} names ${path}`)).toEqual([]);
  });

  it('and in comments of code lead to files', () => {
    const gone = code.flatMap((file) =>
      [...read(file).matchAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm)].flatMap(({ 0: comment, index }) =>
        [...comment.matchAll(/`([\w*-][\w./*-]*\.(?:ts|mjs))`/g)]
          .filter(([, path = '']) => !resolves(path))
          .map((match) => `${file}:${lineAt(read(file), index + match.index)} names ${match[1] ?? ''}`),
      ),
    );
    expect(gone).toEqual([]);
  });

  it('differ from other texts in backticks', () => {
    expect(pathsIn('a.md', '`src/main.ts` `engine/` `slipway.dev/run` `run.db` `watch.ts` `store`')).toEqual([
      { at: 'a.md:1', path: 'src/main.ts' },
      { at: 'a.md:1', path: 'engine/' },
      { at: 'a.md:1', path: 'watch.ts' },
    ]);
    expect(['src/main.ts', 'src/runtime/NAME/', '*.disturbing.test.ts', 'gone.ts', 'src/gone/'].map(resolves)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('of links lead to files and headings', () => {
    const anchorOf = (heading: string) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-');
    const broken = documents.flatMap((file) =>
      [...read(file).matchAll(/\]\(([^)\s:#]*)(?:#([^)\s]*))?\)/g)].flatMap(({ 1: path = '', 2: anchor, index }) => {
        const at = `${file}:${lineAt(read(file), index)}`;
        const target = path === '' ? file : join(dirname(file), path);
        if (!existsSync(join(root, target))) return [`${at} links to ${path}`];
        if (anchor === undefined || !target.endsWith('.md')) return [];
        const anchors = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
        return anchors.includes(anchor) ? [] : [`${at} links to ${path}#${anchor}`];
      }),
    );
    expect(broken).toEqual([]);
  });
});
