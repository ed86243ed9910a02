import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../util/make-folder.ts';
import { withoutCredentials } from '../../util/remote-url.ts';
import { askGit, type Environment, type GitAnswer } from './git-command.ts';

/** When a repository that is already in the cache is fetched again. */
export type FetchPolicy = 'always' | 'missing' | 'never';

export interface FetchRequest {
  /** A URL or path, as `git fetch` takes it. */
  readonly repository: string;
  /** A branch, tag or commit. Absent: the default branch. */
  readonly ref?: string;
  readonly policy: FetchPolicy;
  /** The folder of all fetched repositories. Absolute. */
  readonly cache: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** A work tree of the repository, without its history; or why there is none, without credentials. */
export type Fetched = { readonly folder: string } | { readonly why: string };

/**
 * Fetches one commit of a repository into a cache. Each commit has a folder of its own, which is complete as soon as it exists,
 * so processes may fetch the same repository at once. Hooks and templates are not used, and Git never asks for a password.
 */
export async function fetchedRepository(request: FetchRequest): Promise<Fetched> {
  const { repository, ref = 'HEAD', policy, cache } = request;
  const home = join(cache, hash(repository));
  const known = join(home, `ref-${hash(ref)}`);
  const cached = readLink(known);
  if (cached !== undefined && policy !== 'always') return { folder: join(home, cached) };
  if (policy === 'never') return { why: 'it is not in the cache, and --sync-remote-cache is "never"' };

  makeFolder(home);
  const folder = join(home, `new-${randomUUID()}`);
  try {
    const commit = await fetchInto(folder, { ...request, ref });
    if (typeof commit !== 'string') return commit;
    try {
      fs.renameSync(folder, join(home, commit));
    } catch (error) {
      // Another process has fetched the same commit.
      if (!fs.existsSync(join(home, commit))) throw error;
    }
    // A link is replaced in one step.
    const link = join(home, `link-${randomUUID()}`);
    fs.symlinkSync(commit, link);
    fs.renameSync(link, known);
    return { folder: join(home, commit) };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the commit. */
async function fetchInto(
  folder: string,
  { repository, ref, environment, signal }: FetchRequest & { readonly ref: string },
): Promise<string | { readonly why: string }> {
  makeFolder(folder);
  const git = async (...args: readonly string[]) =>
    await askGit({
      directory: folder,
      arguments: ['-c', 'core.hooksPath=/dev/null', ...args],
      environment: { ...environment, GIT_TERMINAL_PROMPT: '0' },
      signal,
    });
  const steps: readonly (readonly string[])[] = [
    ['init', '--quiet', '--template='],
    ['fetch', '--quiet', '--depth=1', '--no-tags', '--end-of-options', repository, ref],
    ['checkout', '--quiet', '--detach', 'FETCH_HEAD'],
    ['rev-parse', 'FETCH_HEAD'],
  ];
  let answer: GitAnswer | undefined;
  for (const step of steps) {
    answer = await git(...step);
    if (answer === undefined) return { why: 'Git is not installed' };
    if (answer.code !== 0) return { why: reasonIn(answer.stderr, repository) };
  }
  return answer?.stdout.toString().trim() ?? '';
}

function reasonIn(stderr: string, repository: string): string {
  const last = stderr.split('\n').find((line) => line.startsWith('fatal: ')) ?? stderr.split('\n').at(-1) ?? '';
  return `git: ${last.replace(/^fatal: /, '').replaceAll(repository, withoutCredentials(repository))}`;
}

function readLink(path: string): string | undefined {
  try {
    return fs.readlinkSync(path);
  } catch {
    return undefined;
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
