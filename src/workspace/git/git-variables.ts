import path from 'node:path';
import { gitVariableNames } from '../../model/built-in-variables.ts';
import { askGit, type Environment } from './git-command.ts';
import { readGitConfig } from './git-config.ts';
import { findGit, readHead, type GitLayout } from './git-layout.ts';
import { repositoryName } from './git-origin.ts';

/** Those that take a process of Git's each time that they are wanted. */
const fromCommit = ['GIT_COMMIT_AUTHOR_DATE', 'GIT_COMMIT_COMMITTER_DATE', 'GIT_COMMIT_SUBJECT'];
const tagName = 'GIT_TAG';

export interface GitQuestion {
  readonly directory: string;
  /** Git is not started for what nobody wants. */
  wanted(name: string): boolean;
  readonly environment?: Environment;
  readonly signal: AbortSignal;
}

/**
 * What Git says of the work tree around a folder, by the names that pipelines use (docs/design/wharf.md, "Variables").
 * What cannot be known is not there: the branch of a detached HEAD, anything of a commit before the first one,
 * everything without a repository, and what takes Git where there is none. `GIT_TAG` of a commit without tags is empty,
 * as many pipelines write `${GIT_TAG},latest`.
 */
export async function gitVariables(question: GitQuestion): Promise<ReadonlyMap<string, string>> {
  const layout = gitVariableNames.some((name) => question.wanted(name)) ? findGit(question.directory) : undefined;
  if (layout === undefined) return new Map();
  const head = readHead(layout);
  const [commit, tag] = head.commit === undefined ? [] : await Promise.all([askCommit(question), askTag(question)]);
  const branch = head.ref?.startsWith('refs/heads/') === true ? head.ref.slice('refs/heads/'.length) : undefined;
  const origin = originOf(layout);
  const found: readonly (readonly [string, string | undefined])[] = [
    ['GIT_BRANCH', branch],
    ['REPO_BRANCH', branch],
    ['GIT_SAFEBRANCH', branch?.replaceAll('/', '-')],
    ['GIT_COMMIT', head.commit],
    ...fromCommit.map((name, i) => [name, commit?.[i]] as const),
    [tagName, tag],
    ['REPO_GROUP', origin?.group],
    ['REPO_NAME', origin?.name],
  ];
  return new Map(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

function originOf({ commonDir }: GitLayout) {
  const settings = readGitConfig(path.join(commonDir, 'config'));
  const find = (key: string) => settings.find((setting) => setting.key === key)?.value;
  const remote = find('remote.origin.url') ?? find('remote.origin.pushurl');
  return remote === undefined ? undefined : repositoryName(remote);
}

/** In the order of `fromCommit`. */
async function askCommit(question: GitQuestion): Promise<readonly string[] | undefined> {
  if (!fromCommit.some((name) => question.wanted(name))) return undefined;
  const answer = await ask(question, [
    '-c',
    'log.showSignature=false',
    'log',
    '-1',
    '--encoding=UTF-8',
    '--no-color',
    '--format=%aI%x00%cI%x00%s',
    'HEAD',
    '--',
  ]);
  return answer?.split('\0');
}

/** Of several the one that was made last; of those without a date the first by name. */
async function askTag(question: GitQuestion): Promise<string | undefined> {
  if (!question.wanted(tagName)) return undefined;
  return await ask(question, [
    'for-each-ref',
    '--count=1',
    '--sort=-taggerdate',
    '--points-at=HEAD',
    '--format=%(refname:strip=2)',
    'refs/tags',
  ]);
}

/**
 * Without its line end; `undefined` where there is no Git, or one that refuses (such as a repository of somebody
 * else's).
 */
async function ask(
  { directory, environment, signal }: GitQuestion,
  args: readonly string[],
): Promise<string | undefined> {
  try {
    const answer = await askGit({ directory, arguments: args, environment, signal });
    return answer?.code === 0 ? answer.stdout.toString('utf8').replace(/\n$/, '') : undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}
