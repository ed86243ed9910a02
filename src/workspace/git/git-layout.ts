/** Finds Git's folders of a work tree as Git does, but without running Git (gitrepository-layout(5)). */
import fs from 'node:fs';
import path from 'node:path';
import { ownerOfPlanted } from '../../util/planted-file.ts';
import { readRegularFileSync, UnreadableFile } from '../../util/read-regular-file.ts';
import { readGitConfig } from './git-config.ts';

export interface GitLayout {
  /** The work tree's top folder. */
  readonly workTree: string;
  /** Contains HEAD and the index. */
  readonly gitDir: string;
  /** Contains objects, refs and configuration. The same as `gitDir` unless this is a linked work tree. */
  readonly commonDir: string;
}

/**
 * Finds the work tree of a folder. Skips a `.git` above it that another user may have planted (docs/wharf-ci.md, "Files
 * of others").
 */
export function findGit(folder: string, passedOver: (git: string) => void = () => undefined): GitLayout | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    const layout = gitOf(at);
    const git = path.join(at, '.git');
    const planted = layout !== undefined && ownerOfPlanted(git, at === folder ? 'project' : 'above') !== undefined;
    if (planted) passedOver(git);
    else if (layout !== undefined) return layout;
    if (at === path.dirname(at)) return undefined;
  }
}

/** Returns the work tree whose top is this folder. */
export function gitOf(workTree: string): GitLayout | undefined {
  const found = path.join(workTree, '.git');
  const stat = fs.statSync(found, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const gitDir = stat.isDirectory() ? found : pointedAt(found, 'gitdir: ', workTree);
  if (gitDir === undefined || readText(path.join(gitDir, 'HEAD')) === undefined) return undefined;
  const commonDir = pointedAt(path.join(gitDir, 'commondir'), '', gitDir) ?? gitDir;
  return { workTree, gitDir, commonDir };
}

/**
 * Returns the real path of the main work tree, which all work trees of a repository share. For a bare repository,
 * returns the repository.
 */
export function mainWorkTree({ workTree, gitDir, commonDir }: GitLayout): string {
  if (gitDir === commonDir) return fs.realpathSync(workTree);
  if (path.basename(commonDir) === '.git') return fs.realpathSync(path.dirname(commonDir));
  const configured = readGitConfig(path.join(commonDir, 'config')).find(({ key }) => key === 'core.worktree')?.value;
  return fs.realpathSync(configured === undefined ? commonDir : path.resolve(commonDir, configured));
}

/** Reads HEAD, and its commit if the files contain it. A branch without commits has none. */
export function readHead({ gitDir, commonDir }: GitLayout): { ref?: string; commit?: string } {
  const head = readText(path.join(gitDir, 'HEAD'))?.trim() ?? '';
  if (!head.startsWith('ref: ')) return isCommit(head) ? { commit: head } : {};
  const ref = head.slice('ref: '.length);
  const loose = readText(path.join(commonDir, ref))?.trim();
  const commit = loose ?? packedRef(commonDir, ref);
  return { ref, ...(commit !== undefined && isCommit(commit) ? { commit } : {}) };
}

function packedRef(commonDir: string, ref: string): string | undefined {
  const line = readText(path.join(commonDir, 'packed-refs'))
    ?.split('\n')
    .find((each) => each.endsWith(` ${ref}`));
  return line?.slice(0, line.indexOf(' '));
}

function isCommit(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

function pointedAt(file: string, prefix: string, base: string): string | undefined {
  const text = readText(file)?.trimEnd();
  return text?.startsWith(prefix) === true ? path.resolve(base, text.slice(prefix.length)) : undefined;
}

/** A `packed-refs` of a very large repository has about 100 MB. */
const largestGitFile = 256 * 2 ** 20;

/** Returns `undefined` for a missing path or a non-file. */
export function readText(file: string, encoding: 'utf8' | 'latin1' = 'utf8'): string | undefined {
  try {
    return readRegularFileSync(file, { atMost: largestGitFile }).toString(encoding);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (error instanceof UnreadableFile || code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
