/** The metadata of a run's repository. */
import fs from 'node:fs';
import path from 'node:path';
import { withoutCredentials } from '../../util/remote-url.ts';
import { readGitConfig } from './git-config.ts';
import { askGit, splitZero, type Environment } from './git-command.ts';
import { findGit, mainWorkTree, readHead, type GitLayout } from './git-layout.ts';

export interface Repository {
  /** The URL of `origin` without user info. For people and for finding runs, never an id. */
  readonly repository?: string;
  /** Absent before the first commit. */
  readonly commit?: string;
  /** `refs/heads/main`. Absent if HEAD is detached. */
  readonly ref?: string;
  /** The number of changed and untracked files below `root`. Absent if Git failed. */
  readonly dirty?: number;
  /** The top of the work tree that contains `root`. */
  readonly workTree: string;
  /** A real path, the same for all work trees of the repository. */
  readonly mainWorkTree: string;
}

/**
 * Returns `undefined` without a repository. Reads everything except the number of changes from files, which needs no
 * Git and is faster than a process. The number takes one process.
 */
export async function describeRepository(
  root: string,
  signal: AbortSignal,
  environment?: Environment,
): Promise<Repository | undefined> {
  const layout = findGit(root);
  if (layout === undefined) return undefined;
  const counting = countChanges(root, signal, environment);
  const repository = originOf(layout);
  const head = readHead(layout);
  const main = mainWorkTree(layout);
  const dirty = await counting;
  return {
    ...(repository === undefined ? {} : { repository }),
    ...head,
    ...(dirty === undefined ? {} : { dirty }),
    workTree: layout.workTree,
    mainWorkTree: main,
  };
}

/**
 * Returns the id of a project (docs/design/product.md, "Ids"): the configuration's path in the main work tree, so that
 * linked work trees are one project. Without Git, the configuration's own path.
 * @param directory absolute,
 * @param file relative to it
 */
export function projectOf({ directory, file }: { readonly directory: string; readonly file: string }): string {
  const real = fs.realpathSync(directory);
  const layout = findGit(real);
  const base = layout === undefined ? real : path.join(mainWorkTree(layout), path.relative(layout.workTree, real));
  return path.join(base, file);
}

function originOf({ commonDir }: GitLayout): string | undefined {
  const url = readGitConfig(path.join(commonDir, 'config')).find(({ key }) => key === 'remote.origin.url')?.value;
  return url === undefined ? undefined : withoutCredentials(url);
}

async function countChanges(
  root: string,
  signal: AbortSignal,
  environment: Environment | undefined,
): Promise<number | undefined> {
  const call = {
    directory: root,
    arguments: ['status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all', '--', '.'],
    environment,
    signal,
  };
  const answer = await askGit(call);
  return answer?.code === 0 ? splitZero(answer.stdout).length : undefined;
}
