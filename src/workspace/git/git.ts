/** What a run says of the repository that it comes from. */
import fs from 'node:fs';
import path from 'node:path';
import { readGitConfig, withoutUserInfo } from './git-config.ts';
import { askGit, splitZero, type Environment } from './git-command.ts';
import { findGit, mainWorkTree, readHead, type GitLayout } from './git-layout.ts';

export interface Repository {
  /** Where `origin` is fetched from, without user info. Said for people and for finding runs, never an identity. */
  readonly repository?: string;
  /** Absent before the first commit. */
  readonly commit?: string;
  /** `refs/heads/main`; absent where HEAD is a commit. */
  readonly ref?: string;
  /** Changed and untracked files below `root`; absent where Git could not be asked. */
  readonly dirty?: number;
  /** The top of the work tree that `root` lies in. */
  readonly workTree: string;
  /** Real path, the same for all work trees of the repository. */
  readonly mainWorkTree: string;
}

/**
 * `undefined`: no repository. All but the count of changes is read from its files, which works without Git and costs
 * less than a process; the count is one process.
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
 * The identity of a project (docs/design/product.md, "Ids"): the configuration's path in the main work tree, so that
 * linked work trees are one project; without Git in its own folder.
 * @param directory absolute, @param file relative to it
 */
export function projectOf({ directory, file }: { readonly directory: string; readonly file: string }): string {
  const real = fs.realpathSync(directory);
  const layout = findGit(real);
  const base = layout === undefined ? real : path.join(mainWorkTree(layout), path.relative(layout.workTree, real));
  return path.join(base, file);
}

function originOf({ commonDir }: GitLayout): string | undefined {
  const url = readGitConfig(path.join(commonDir, 'config')).find(({ key }) => key === 'remote.origin.url')?.value;
  return url === undefined ? undefined : withoutUserInfo(url);
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
