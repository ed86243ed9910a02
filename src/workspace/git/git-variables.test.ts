import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { GitProject } from '../../../test/rigs/git-project.ts';
import { repositoryName } from './git-origin.ts';
import { gitVariableNames } from '../../model/built-in-variables.ts';
import { gitVariables } from './git-variables.ts';

const signal = new AbortController().signal;

async function variables(
  directory: string,
  environment: Record<string, string>,
  names: readonly string[] = gitVariableNames,
) {
  return Object.fromEntries(
    await gitVariables({ directory, wanted: (name) => names.includes(name), environment, signal }),
  );
}

describe('what Git says', () => {
  it('has the branch, the commit with its two dates and its subject, the tag and the remote', async () => {
    using project = new GitProject();
    const { repo, environment } = project;
    environment['GIT_COMMITTER_DATE'] = '2026-03-04T05:06:07+02:00';
    project.git(repo, 'checkout', '-q', '-b', 'feature/x/y');
    const commit = project.commit('Größe: a subject\n\nand a body');
    project.git(repo, 'tag', 'light');
    project.git(repo, 'tag', '-a', '-m', 'm', 'v1.2.0');
    project.git(repo, 'remote', 'add', 'origin', 'git@example.com:group/sub/shop.git');
    const expected = {
      GIT_BRANCH: 'feature/x/y',
      REPO_BRANCH: 'feature/x/y',
      GIT_SAFEBRANCH: 'feature-x-y',
      GIT_COMMIT: commit,
      GIT_COMMIT_AUTHOR_DATE: expect.stringMatching(/^2026-01-01T00:00:00(Z|\+00:00)$/) as string,
      GIT_COMMIT_COMMITTER_DATE: '2026-03-04T05:06:07+02:00',
      GIT_COMMIT_SUBJECT: 'Größe: a subject',
      GIT_TAG: 'v1.2.0',
      REPO_GROUP: 'group/sub',
      REPO_NAME: 'shop',
    };
    expect(await variables(repo, environment)).toEqual(expected);
    project.write({ 'deep/er/x': '' });
    project.git(repo, 'pack-refs', '--all');
    expect(await variables(`${repo}/deep/er`, environment)).toEqual(expected);
  });

  it('of a linked work tree is its own branch', async () => {
    using project = new GitProject();
    project.commit('one');
    project.git(project.repo, 'worktree', 'add', '-q', '-b', 'side', '../tree');
    expect(await variables(`${project.path}/tree`, project.environment)).toMatchObject({
      GIT_BRANCH: 'side',
      GIT_COMMIT_SUBJECT: 'one',
    });
  });

  it('of a detached HEAD has no branch, and of a commit without a tag an empty one', async () => {
    using project = new GitProject();
    const commit = project.commit('one');
    project.git(project.repo, 'checkout', '-q', '--detach');
    const found = await variables(project.repo, project.environment);
    expect(found).toMatchObject({ GIT_COMMIT: commit, GIT_TAG: '' });
    expect(Object.keys(found).filter((name) => name.includes('BRANCH') || name.startsWith('REPO_'))).toEqual([]);
  });

  it('before the first commit is the branch', async () => {
    using project = new GitProject();
    expect(await variables(project.repo, project.environment)).toEqual({
      GIT_BRANCH: 'main',
      REPO_BRANCH: 'main',
      GIT_SAFEBRANCH: 'main',
    });
  });

  it('without the program is what its files say', async () => {
    using project = new GitProject();
    const commit = project.commit('one');
    expect(await variables(project.repo, { PATH: '/nonexistent' })).toEqual({
      GIT_BRANCH: 'main',
      REPO_BRANCH: 'main',
      GIT_SAFEBRANCH: 'main',
      GIT_COMMIT: commit,
    });
  });

  it('is nothing where there is no repository', async () => {
    using dir = temporaryFolder();
    expect(await variables(dir.path, {})).toEqual({});
  });

  it('starts Git only for what is wanted and not in files', async () => {
    using project = new GitProject();
    project.commit('one');
    const told = `${project.path}/told`;
    const bin = `${project.path}/bin`;
    fs.mkdirSync(bin);
    fs.writeFileSync(`${bin}/git`, `#!/bin/sh\necho "$@" >>'${told}'\n`, { mode: 0o755 });
    await variables(project.repo, { PATH: bin }, ['GIT_BRANCH', 'GIT_COMMIT', 'REPO_NAME', 'other']);
    expect(fs.existsSync(told)).toBe(false);
    await variables(project.repo, { PATH: `${bin}:/bin:/usr/bin` }, ['GIT_TAG']);
    expect(fs.readFileSync(told, 'utf8').split('\n')).toHaveLength(2);
  });
});

it.each([
  ['https://example.com/group/shop.git', 'group', 'shop'],
  ['https://example.com/group/sub/shop', 'group/sub', 'shop'],
  ['https://me:token@example.com:8443/group/shop.git/', 'group', 'shop'],
  ['ssh://git@example.com:22/group/shop.git', 'group', 'shop'],
  ['git@example.com:group/shop.git', 'group', 'shop'],
  ['host:group/shop', 'group', 'shop'],
  ['git@example.com:/srv/group/shop.git', 'srv/group', 'shop'],
  ['git@ssh.dev.azure.com:v3/organization/project/shop', 'organization/project', 'shop'],
  ['ssh://git@ssh.dev.azure.com/v3/organization/project/shop', 'organization/project', 'shop'],
  ['https://me@dev.azure.com/organization/project/_git/shop', 'organization/project', 'shop'],
  ['https://dev.azure.com/organization/_git/shop', 'organization', 'shop'],
  ['https://example.com/v2/shop', 'v2', 'shop'],
  ['https://example.com/group/shop.js', 'group', 'shop.js'],
  ['https://example.com/shop.git', undefined, 'shop'],
  ['git@example.com:shop.git', undefined, 'shop'],
])('%s is %s, %s', (url, group, name) =>
  expect(repositoryName(url)).toEqual(group === undefined ? { name } : { group, name }),
);

it.each([
  '',
  '/srv/git/shop.git',
  '../shop',
  'file:///srv/git/shop.git',
  'C:\\src\\shop',
  'C:/src/shop',
  'https://example.com/',
  'https://example.com',
  'https://example.com/.git',
])('%j has no name', (url) => expect(repositoryName(url)).toBeUndefined());
