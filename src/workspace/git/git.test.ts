import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { GitProject } from '../../../test/rigs/git-project.ts';
import { describeRepository, projectOf } from './git.ts';

const signal = new AbortController().signal;

describe('a repository', () => {
  test('is described with what HEAD is and how much has changed below the root', async () => {
    using project = new GitProject();
    const { repo, environment } = project;
    project.write({ 'a/x': '1', 'a/y': '1', b: '1' });
    const commit = project.commit('one');
    project.git(repo, 'remote', 'add', 'origin', 'https://me:token@example.com/x.git');
    project.write({ 'a/x': '2', 'a/new/deep': '1', b: '2' });
    fs.rmSync(`${repo}/a/y`);
    expect(await describeRepository(repo, signal, environment)).toEqual({
      repository: 'https://example.com/x.git',
      commit,
      ref: 'refs/heads/main',
      dirty: 4,
      workTree: repo,
      mainWorkTree: repo,
    });
    expect(await describeRepository(`${repo}/a`, signal, environment)).toMatchObject({ dirty: 3, workTree: repo });
    project.git(repo, 'pack-refs', '--all');
    expect(await describeRepository(repo, signal, environment)).toMatchObject({ commit, ref: 'refs/heads/main' });
    project.git(repo, 'checkout', '-q', '--detach');
    const detached = await describeRepository(repo, signal, environment);
    expect(detached).toMatchObject({ commit });
    expect(detached).not.toHaveProperty('ref');
  });

  test('before its first commit has a branch and no commit', async () => {
    using project = new GitProject();
    expect(await describeRepository(project.repo, signal, project.environment)).toEqual({
      ref: 'refs/heads/main',
      dirty: 0,
      workTree: project.repo,
      mainWorkTree: project.repo,
    });
  });

  test('is described where there is no Git, without the changes', async () => {
    using project = new GitProject();
    const commit = project.commit('one');
    expect(await describeRepository(project.repo, signal, { PATH: '/nonexistent' })).toEqual({
      commit,
      ref: 'refs/heads/main',
      workTree: project.repo,
      mainWorkTree: project.repo,
    });
  });

  test('is none in a folder without', async () => {
    using dir = temporaryFolder();
    expect(await describeRepository(dir.path, signal)).toBeUndefined();
  });
});

describe('a project', () => {
  const file = '.wharf-ci.yml';

  test('is the configuration in the main work tree, for all work trees and through links', () => {
    using project = new GitProject();
    project.write({ 'svc/x': '' });
    project.commit('one');
    project.git(project.repo, 'worktree', 'add', '-q', '-b', 'side', '../tree');
    fs.symlinkSync(project.repo, `${project.path}/link`);
    for (const directory of [`${project.repo}/svc`, `${project.path}/tree/svc`, `${project.path}/link/svc`])
      expect(projectOf({ directory, file })).toBe(`${project.repo}/svc/.wharf-ci.yml`);
    expect(projectOf({ directory: project.repo, file })).toBe(`${project.repo}/.wharf-ci.yml`);
  });

  test('of work trees of a bare repository is in that', () => {
    using project = new GitProject();
    project.commit('one');
    project.git(project.path, 'clone', '-q', '--bare', 'repo', 'bare.git');
    project.git(`${project.path}/bare.git`, 'worktree', 'add', '-q', `${project.path}/tree`, 'main');
    expect(projectOf({ directory: `${project.path}/tree`, file })).toBe(`${project.path}/bare.git/.wharf-ci.yml`);
  });

  test('of a submodule is its own', () => {
    using project = new GitProject();
    project.git(project.path, 'init', '-q', 'dep');
    project.commit('dep', `${project.path}/dep`);
    project.git(project.repo, 'submodule', '-q', 'add', '../dep', 'dep');
    expect(projectOf({ directory: `${project.repo}/dep`, file })).toBe(`${project.repo}/dep/.wharf-ci.yml`);
  });

  test('without Git is in its folder', () => {
    using dir = temporaryFolder();
    expect(projectOf({ directory: dir.path, file })).toBe(`${dir.path}/.wharf-ci.yml`);
  });
});
