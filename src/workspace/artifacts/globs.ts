/**
 * The globs of `artifacts`, relative to the workspace's root. Dotfiles match. A matching folder includes everything
 * below it. There is no negation: a leading `!` is literal. (docs/workspace.md, "Artifacts")
 */
import { appendGlob } from '../../util/glob/append-glob.ts';
import { globTokens, type GlobSyntax, type GlobToken } from '../../util/glob/glob-tokens.ts';
import { PatternBuilder } from '../../util/glob/pattern-builder.ts';
import type { Pattern } from '../../util/glob/pattern.ts';

export interface Globs {
  /** The folders or files to read, none inside another. They cover every possible match. `''` is the root. */
  readonly bases: readonly string[];
  /** The patterns that lead out of the workspace. They match nothing. */
  readonly refused: readonly string[];
  /** Returns the patterns that match this path or a folder above it. */
  matching(path: string, isFolder: boolean): readonly string[];
}

interface Glob {
  readonly pattern: string;
  readonly base: string;
  takes(path: string, isFolder: boolean): boolean;
}

export function compileGlobs(patterns: readonly string[]): Globs {
  const refused = patterns.filter(leadsOut);
  const globs = patterns.filter((pattern) => !leadsOut(pattern)).map(compile);
  return {
    bases: outermost(globs.map(({ base }) => base)),
    refused,
    matching: (path, isFolder) => globs.filter((glob) => glob.takes(path, isFolder)).map(({ pattern }) => pattern),
  };
}

function leadsOut(pattern: string): boolean {
  const path = textOf(globTokens(pattern, syntax));
  return path.startsWith('/') || path.split('/').includes('..');
}

const syntax: GlobSyntax = { braces: true, unfinished: 'character', normalized: true };

function compile(pattern: string): Glob {
  const [forFiles, forFolders] = [build(pattern, 'file'), build(pattern, 'folder')];
  return {
    pattern,
    base: baseOf(pattern),
    takes: (path, isFolder) => path !== '' && (isFolder ? forFolders : forFiles).matchesPathOrAbove(`/${path}`),
  };
}

/** Compiles a glob, which also matches its literal text: `pages/[id].tsx` matches the file of that name. */
function build(pattern: string, target: 'file' | 'folder'): Pattern {
  const builder = new PatternBuilder().open();
  appendGlob(builder, pattern, target, syntax);
  return builder
    .or()
    .text(`/${partsOf(pattern).join('/')}`)
    .close()
    .build();
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** Returns the part of a pattern before the first wildcard component. */
function baseOf(pattern: string): string {
  const tokens = globTokens(pattern, syntax);
  const special = tokens.findIndex(({ kind }) => kind !== 'character' && kind !== 'slash');
  const before = tokens.slice(0, special);
  const plain = special === -1 ? tokens : before.slice(0, before.findLastIndex(({ kind }) => kind === 'slash') + 1);
  return partsOf(textOf(plain)).join('/');
}

/** Returns the text of the tokens with `*` for every wildcard. */
function textOf(tokens: readonly GlobToken[]): string {
  return tokens.map((token) => (token.kind === 'character' ? token.text : token.kind === 'slash' ? '/' : '*')).join('');
}

function outermost(paths: readonly string[]): string[] {
  const kept: string[] = [];
  for (const path of [...new Set(paths)].sort()) {
    if (!kept.some((other) => other === '' || path.startsWith(`${other}/`))) kept.push(path);
  }
  return kept;
}
