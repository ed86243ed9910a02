import path from 'node:path';
import { gitVariableNames } from '../../model/built-in-variables.ts';
import { askGit, type Environment } from './git-command.ts';
import { readGitConfig } from './git-config.ts';
import { findGit, readHead, type GitLayout } from './git-layout.ts';
import { repositoryName } from './git-origin.ts';

/** The variables that need a Git process. */
const fromCommit = ['GIT_COMMIT_AUTHOR_DATE', 'GIT_COMMIT_COMMITTER_DATE', 'GIT_COMMIT_SUBJECT'];
const tagName = 'GIT_TAG';

export interface GitQuestion {
  readonly directory: string;
  /** Reports whether a variable is needed. Git runs only for those. */
  wanted(name: string): boolean;
  readonly environment?: Environment;
  readonly signal: AbortSignal;
}

/**
 * Returns the Git variables of pipelines (docs/design/wharf.md, "Variables") for the work tree of a folder. Unknown
 * ones are absent: the branch of a detached HEAD, the commit before the first one, all without a repository, and those
 * that need Git without Git. `GIT_TAG` of an untagged commit is empty, because many pipelines contain
 * `${GIT_TAG},latest`.
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

/** Returns the newest tag, or of tags without a date the first by name. */
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
 * Runs Git and returns its output without the newline. Returns `undefined` if Git is missing or refuses, for example in
 * a repository of another user.
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
