import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { askGit, splitZero, type Environment } from '../../workspace/git/git-command.ts';
import { findGit } from '../../workspace/git/git-layout.ts';
import type { GitFacts, Unknown } from './tag-facts.ts';
import type { GitVariant, NeededFacts } from './tag-policy.ts';

export interface GitFactsRequest {
  /** Folders of artifacts, absolute. They may be in different repositories. */
  readonly folders: readonly string[];
  readonly needed: Pick<NeededFacts, 'git' | 'changes'>;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

interface Repository {
  readonly workTree: string;
  /** The folders as they were asked for, and where they are in the work tree: `''` for its top. */
  readonly folders: Map<string, string>;
}

type Ask = (args: readonly string[]) => Promise<Buffer | Unknown>;

const gitMissing: Unknown = { why: 'Git is not installed' };
const noRepository: Unknown = { why: 'there is no Git repository' };

/**
 * Reads what tags need of the commits of folders. The number of processes depends on the number of repositories, not of
 * folders: at most one each for names of tags, commits, trees, abbreviated trees and changes.
 */
export async function gitFacts(request: GitFactsRequest): Promise<ReadonlyMap<string, GitFacts | Unknown>> {
  const repositories = new Map<string, Repository>();
  const facts = new Map<string, GitFacts | Unknown>();
  for (const folder of request.folders) {
    const real = realPath(folder);
    const layout = real === undefined ? undefined : findGit(real);
    if (real === undefined || layout === undefined) {
      facts.set(
        folder,
        real === undefined ? { why: `the folder ${folder} does not exist`, noFolder: true } : noRepository,
      );
      continue;
    }
    const { workTree } = layout;
    const known = repositories.get(workTree) ?? { workTree, folders: new Map<string, string>() };
    known.folders.set(folder, relative(workTree, real).replaceAll('\\', '/'));
    repositories.set(workTree, known);
  }
  for (const found of await Promise.all([...repositories.values()].map(async (each) => await factsOf(each, request))))
    for (const [folder, fact] of found) facts.set(folder, fact);
  return facts;
}

async function factsOf(
  { workTree, folders }: Repository,
  { needed, environment, signal }: GitFactsRequest,
): Promise<readonly (readonly [string, GitFacts | Unknown])[]> {
  // A missing commit is told by its message only.
  const inEnglish = { ...environment, LC_ALL: 'C' };
  const ask: Ask = async (args) => {
    const answer = await askGit({ directory: workTree, arguments: args, environment: inEnglish, signal });
    if (answer === undefined) return gitMissing;
    return answer.code === 0 ? answer.stdout : { why: `Git failed: ${firstLine(answer.stderr)}` };
  };
  const paths = [...new Set(folders.values())];
  const [described, head, trees, shortTrees, changed] = await Promise.all([
    needed.git.has('Tags') ? ask(['describe', '--tags', '--always']) : undefined,
    ask(['-c', 'log.showSignature=false', 'log', '-1', '--no-color', '--format=%H%x00%h%x00%T%x00%t', 'HEAD', '--']),
    needed.git.has('TreeSha') ? treesOf(ask, paths, false) : undefined,
    needed.git.has('AbbrevTreeSha') ? treesOf(ask, paths, true) : undefined,
    needed.changes ? changesOf(ask, paths) : undefined,
  ]);
  const [commit, shortCommit, tree, shortTree] = Buffer.isBuffer(head) ? firstLine(head.toString()).split('\0') : [];
  if (!Buffer.isBuffer(head) || commit === undefined)
    return [...folders.keys()].map((folder) => [folder, Buffer.isBuffer(head) ? noCommit : unborn(head)] as const);
  return [...folders].map(([folder, path]) => {
    const names: Record<GitVariant, string | Unknown | undefined> = {
      Tags: textOf(described),
      CommitSha: commit,
      AbbrevCommitSha: shortCommit,
      TreeSha: path === '' ? tree : treeAt(trees, path),
      AbbrevTreeSha: path === '' ? shortTree : treeAt(shortTrees, path),
    };
    const wanted = [...needed.git].flatMap((variant) => {
      const name = names[variant];
      return name === undefined ? [] : [[variant, name] as const];
    });
    const change = changed === undefined || 'why' in changed ? changed : changed.isBelow(path);
    return [folder, { names: new Map(wanted), ...(change !== undefined && { changed: change }) }] as const;
  });
}

const noCommit: Unknown = { why: 'the Git repository has no commit yet' };

/** Without a commit, `HEAD` names nothing. Other failures keep their message. */
function unborn(failure: Unknown): Unknown {
  return /bad revision 'HEAD'|ambiguous argument 'HEAD'/.test(failure.why) ? noCommit : failure;
}

function textOf(output: Buffer | Unknown | undefined): string | Unknown | undefined {
  return Buffer.isBuffer(output) ? output.toString().trim() : output;
}

/** Returns the trees of folders in the commit. */
async function treesOf(
  ask: Ask,
  paths: readonly string[],
  abbreviated: boolean,
): Promise<ReadonlyMap<string, string> | Unknown> {
  const below = paths.filter((path) => path !== '');
  if (below.length === 0) return new Map();
  // With `-t`, of a folder and one inside it both are listed.
  const output = await ask(['ls-tree', '-z', '-d', '-t', ...(abbreviated ? ['--abbrev'] : []), 'HEAD', '--', ...below]);
  if (!Buffer.isBuffer(output)) return output;
  return new Map(
    splitZero(output).flatMap((entry) => {
      const [, type, id, path] = /^\d+ (\w+) (\w+)\t([^]*)$/.exec(entry.toString()) ?? [];
      return type === 'tree' && id !== undefined && path !== undefined ? [[path, id] as const] : [];
    }),
  );
}

function treeAt(trees: ReadonlyMap<string, string> | Unknown | undefined, path: string): string | Unknown | undefined {
  if (trees === undefined || 'why' in trees) return trees;
  return trees.get(path) ?? { why: `the commit does not have the folder ${path}` };
}

/** Finds changes below folders. New files count, ignored ones do not. */
async function changesOf(ask: Ask, paths: readonly string[]): Promise<{ isBelow(path: string): boolean } | Unknown> {
  const specs = paths.map((path) => `:(top,literal)${path}`);
  const output = await ask([
    'status',
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--',
    ...(specs.includes(':(top,literal)') ? [] : specs),
  ]);
  if (!Buffer.isBuffer(output)) return output;
  // Two letters and a space precede the path.
  const changed = splitZero(output).map((entry) => entry.toString().slice(3));
  return {
    isBelow: (path) =>
      path === '' ? changed.length > 0 : changed.some((each) => isWithin(each, path) || isWithin(path, each)),
  };
}

/** Git names a new folder as a whole, with a slash at its end. */
function isWithin(path: string, folder: string): boolean {
  const name = folder.replace(/\/$/, '');
  return path === name || path.startsWith(`${name}/`);
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

function realPath(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}
