import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readTree } from '../../../test/rigs/file-tree.ts';
import { GitProject } from '../../../test/rigs/git-project.ts';
import { inGit, take, unpacked } from '../../../test/rigs/take-snapshot.ts';

describe('.git is included', () => {
  const status = (project: GitProject, at: string) => project.git(at, 'status', '--porcelain');

  test('with history, index and changes as they are, outside the digest', async () => {
    using project = new GitProject();
    project.write({ a: '1', b: '1' });
    const first = project.commit('one');
    project.git(project.repo, 'tag', '-a', 'v1', '-m', 'v1');
    project.git(project.repo, 'gc', '-q');
    project.write({ a: '2' });
    const second = project.commit('two');
    project.write({ b: 'dirty', c: 'new' });
    project.git(project.repo, 'add', 'c');
    const snapshot = await take(project.repo, `${project.path}/run`, { environment: project.environment });
    const out = await unpacked(snapshot, `${project.path}/out`);
    expect(project.git(out, 'log', '--format=%H')).toBe(`${second}\n${first}`);
    expect(project.git(out, 'describe', '--dirty')).toBe(project.git(project.repo, 'describe', '--dirty'));
    expect(status(project, out)).toBe(status(project, project.repo));
    expect(project.git(out, 'branch', '--show-current')).toBe('main');
    project.git(out, 'fsck', '--strict');
    project.git(project.repo, 'commit', '-q', '-m', 'three');
    expect((await take(project.repo, `${project.path}/run2`, { environment: project.environment })).ref.digest).toBe(
      snapshot.ref.digest,
    );
  });

  test('without secrets, programs and what points at this machine', async () => {
    using project = new GitProject();
    project.write({ a: '1' });
    project.commit('one');
    const configure = (key: string, value: string) => project.git(project.repo, 'config', key, value);
    configure('remote.origin.url', 'https://me:token@example.com/x.git');
    configure('remote.origin.pushurl', 'https://me:token@example.com/x.git');
    configure('remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
    configure('remote.ssh.url', 'git@example.com:x.git');
    configure('branch.main.remote', 'origin');
    configure('branch.main.merge', 'refs/heads/main');
    configure('http.https://example.com/.extraheader', 'AUTHORIZATION: basic token');
    configure('credential.helper', 'store --file token');
    configure('url.https://token@example.com/.insteadOf', 'x:');
    configure('include.path', '/token');
    configure('core.hooksPath', '/token');
    configure('core.sshCommand', 'ssh -i token');
    configure('user.email', 'token@example.com');
    configure('alias.x', '!token');
    project.write({
      '.git/hooks/pre-commit': '#!/bin/sh\ntoken\n',
      '.git/FETCH_HEAD': 'token',
      '.git/credentials': 'token',
      '.git/logs/HEAD': 'token',
    });
    const out = await unpacked(
      await take(project.repo, `${project.path}/run`, { environment: project.environment }),
      `${project.path}/out`,
    );
    for (const [name, node] of readTree(out))
      expect(node.type === 'file' && node.content.includes('token'), name).toBe(false);
    const settings = project.git(out, 'config', '--local', '--list').split('\n');
    expect(settings).toEqual(
      expect.arrayContaining([
        'core.bare=false',
        'remote.origin.url=https://example.com/x.git',
        'remote.ssh.url=git@example.com:x.git',
        'branch.main.merge=refs/heads/main',
      ]),
    );
    expect(fs.existsSync(`${out}/.git/hooks`)).toBe(false);
  });

  test('of a linked work tree, as a repository of its own', async () => {
    using project = new GitProject();
    project.write({ a: '1' });
    project.commit('one');
    project.git(project.repo, 'worktree', 'add', '-q', '-b', 'side', '../tree');
    const tree = `${project.path}/tree`;
    project.write({ a: '2', b: 'new' }, tree);
    project.git(tree, 'add', 'b');
    const expected = status(project, tree);
    const out = await unpacked(
      await take(tree, `${project.path}/run`, { environment: project.environment }),
      `${project.path}/out`,
    );
    fs.renameSync(project.repo, `${project.path}/away`);
    expect(fs.statSync(`${out}/.git`).isDirectory()).toBe(true);
    expect(status(project, out)).toBe(expected);
    expect(project.git(out, 'branch', '--show-current')).toBe('side');
    expect(project.git(out, 'worktree', 'list').split('\n')).toHaveLength(1);
    project.git(out, 'fsck', '--strict');
  });

  test('of a work tree of a bare repository', async () => {
    using project = new GitProject();
    project.write({ a: '1' });
    project.commit('one');
    project.git(project.path, 'clone', '-q', '--bare', 'repo', 'bare.git');
    project.git(`${project.path}/bare.git`, 'worktree', 'add', '-q', `${project.path}/tree`, 'main');
    const out = await unpacked(
      await take(`${project.path}/tree`, `${project.path}/run`, { environment: project.environment }),
      `${project.path}/out`,
    );
    expect(status(project, out)).toBe('');
  });

  test('of submodules, in any depth', async () => {
    using project = new GitProject();
    for (const name of ['inner', 'middle']) {
      project.git(project.path, 'init', '-q', '-b', 'main', name);
      project.write({ '.gitignore': '*.o\n', [`${name}.txt`]: name }, `${project.path}/${name}`);
    }
    project.commit('inner', `${project.path}/inner`);
    project.git(`${project.path}/middle`, 'submodule', '-q', 'add', '../inner', 'deps/inner');
    project.commit('middle', `${project.path}/middle`);
    project.git(project.repo, 'submodule', '-q', 'add', '../middle', 'vendor/middle');
    project.commit('outer');
    project.git(project.repo, 'submodule', '-q', 'update', '--init', '--recursive');
    project.write({ 'vendor/middle/deps/inner/x.o': 'x', 'vendor/middle/deps/inner/new': 'n' });
    const out = await unpacked(
      await take(project.repo, `${project.path}/run`, { environment: project.environment }),
      `${project.path}/out`,
    );
    fs.renameSync(project.repo, `${project.path}/away`);
    expect([...readTree(out, inGit).keys()]).toEqual([
      '.gitmodules',
      'vendor',
      'vendor/middle',
      'vendor/middle/.gitignore',
      'vendor/middle/.gitmodules',
      'vendor/middle/deps',
      'vendor/middle/deps/inner',
      'vendor/middle/deps/inner/.gitignore',
      'vendor/middle/deps/inner/inner.txt',
      'vendor/middle/deps/inner/new',
      'vendor/middle/middle.txt',
    ]);
    expect(project.git(`${out}/vendor/middle/deps/inner`, 'log', '--format=%s')).toBe('inner');
    expect(project.git(`${out}/vendor/middle`, 'rev-parse', '--show-toplevel')).toBe(`${out}/vendor/middle`);
    expect(status(project, `${out}/vendor/middle/deps/inner`)).toBe('?? new');
  });

  test('of a submodule that was never fetched, and of another repository that just lies there', async () => {
    using project = new GitProject();
    project.git(project.path, 'init', '-q', '-b', 'main', 'dep');
    project.write({ d: 'd' }, `${project.path}/dep`);
    project.commit('dep', `${project.path}/dep`);
    project.git(project.repo, 'submodule', '-q', 'add', '../dep', 'dep');
    project.commit('one');
    project.git(project.path, 'clone', '-q', 'repo', 'clone');
    project.git(`${project.path}/clone`, 'clone', '-q', '../dep', 'lies-there');
    const out = await unpacked(
      await take(`${project.path}/clone`, `${project.path}/run`, { environment: project.environment }),
      `${project.path}/out`,
    );
    expect([...readTree(out, inGit).keys()]).toEqual(['.gitmodules', 'dep', 'lies-there', 'lies-there/d']);
    expect(project.git(`${out}/lies-there`, 'log', '--format=%s')).toBe('dep');
  });

  test('of a shallow clone, and of one that borrows its objects', async () => {
    using project = new GitProject();
    for (const message of ['one', 'two', 'three']) {
      project.write({ a: message });
      project.commit(message);
    }
    project.git(project.path, 'clone', '-q', '--depth=2', `file://${project.repo}`, 'shallow');
    project.git(project.path, 'clone', '-q', '--shared', 'repo', 'shared');
    for (const [name, commits] of [
      ['shallow', 2],
      ['shared', 3],
    ] as const) {
      const snapshot = await take(`${project.path}/${name}`, `${project.path}/run-${name}`, {
        environment: project.environment,
      });
      const out = await unpacked(snapshot, `${project.path}/out-${name}`);
      if (name === 'shared') fs.renameSync(project.repo, `${project.path}/away`);
      expect(project.git(out, 'log', '--format=%s').split('\n')).toHaveLength(commits);
      expect(status(project, out)).toBe('');
      project.git(out, 'fsck');
    }
  });

  test('of the whole repository for a folder of it, without an index that would name other paths', async () => {
    using project = new GitProject();
    project.write({ 'services/api/a': '1', 'services/web/b': '1' });
    const commit = project.commit('one');
    project.git(project.repo, 'tag', 'v1');
    const out = await unpacked(
      await take(`${project.repo}/services/api`, `${project.path}/run`, { environment: project.environment }),
      `${project.path}/out`,
    );
    expect([...readTree(out, inGit).keys()]).toEqual(['a']);
    expect(project.git(out, 'describe', '--tags')).toBe('v1');
    expect(project.git(out, 'rev-parse', 'HEAD')).toBe(commit);
  });

  test('of a repository before its first commit, and of one with a sparse checkout', async () => {
    using project = new GitProject();
    project.write({ a: '1', 'in/b': '1', 'out/c': '1' });
    const born = await unpacked(
      await take(project.repo, `${project.path}/run0`, { environment: project.environment }),
      `${project.path}/out0`,
    );
    expect(status(project, born)).toContain('?? a');
    project.commit('one');
    project.git(project.repo, 'sparse-checkout', 'set', 'in');
    const out = await unpacked(
      await take(project.repo, `${project.path}/run`, { environment: project.environment }),
      `${project.path}/out`,
    );
    expect([...readTree(out, inGit).keys()]).toEqual(['a', 'in', 'in/b']);
    expect(status(project, out)).toBe('');
  });
});
