import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTree } from '../../../test/rigs/file-tree.ts';
import { GitProject } from '../../../test/rigs/git-project.ts';
import { inGit, take, unpacked } from '../../../test/rigs/take-snapshot.ts';
import { describeRepository } from '../git/git.ts';

const signal = new AbortController().signal;

describe('what Git ignores', () => {
  test('stays out; tracked, new and empty ones are included', async () => {
    using project = new GitProject();
    const { repo, environment } = project;
    project.write({
      '.gitignore': '*.o\nout/\n/local\n',
      'tracked.o': '1',
      'a/keep': '1',
      gone: '1',
      '.git/info/exclude': 'private\n',
    });
    project.git(repo, 'add', '-f', 'tracked.o');
    project.commit('one');
    project.write({
      'x.o': 'x',
      'out/deep/f': 'x',
      local: 'x',
      private: 'x',
      mine: 'x',
      'new/file': 'n',
      'a/keep': 'changed',
      'a/.gitignore': 'b/*\n',
      'a/b/c': 'x',
    });
    project.write({ 'git/ignore': 'mine\n' }, path.join(environment['HOME']!, '.config'));
    fs.rmSync(`${repo}/gone`);
    for (const empty of ['empty', 'a/empty/deeper', 'out/empty']) fs.mkdirSync(`${repo}/${empty}`, { recursive: true });
    const out = await unpacked(await take(repo, `${project.path}/run`, { environment }), `${project.path}/out`);
    const kept = [
      '.gitignore',
      'a',
      'a/.gitignore',
      'a/b',
      'a/empty',
      'a/empty/deeper',
      'a/keep',
      'empty',
      'new',
      'new/file',
      'tracked.o',
    ];
    expect([...readTree(out, inGit).keys()]).toEqual(kept);
    expect(fs.readFileSync(`${out}/a/keep`, 'utf8')).toBe('changed');

    const everything = await take(repo, `${project.path}/run2`, { environment, ignore: 'none' });
    expect(readTree(await unpacked(everything, `${project.path}/out2`), inGit)).toEqual(readTree(repo, inGit));
  });

  test('is not noted of pipes and sockets; of those that Git would take it is', async () => {
    using project = new GitProject();
    project.write({ '.gitignore': '*.ignored\n', f: 'f', 'sub/f': 'f' });
    fs.mkdirSync(`${project.repo}/only`);
    for (const pipe of ['pipe', 'sub/pipe', 'only/pipe', 'pipe.ignored'])
      execFileSync('mkfifo', [`${project.repo}/${pipe}`]);
    const { notes } = await take(project.repo, `${project.path}/run`, { environment: project.environment });
    expect(notes).toEqual([
      'skipped only/pipe: it is a pipe',
      'skipped pipe: it is a pipe',
      'skipped sub/pipe: it is a pipe',
    ]);
  });

  test.skipIf(process.geteuid?.() !== 0)(
    'is nothing of a repository that another user has put into a shared folder above (only root can make one)',
    async () => {
      using project = new GitProject();
      const { repo, environment } = project;
      project.write({ '.gitignore': 'mine\n', 'mine/f': 'f' });
      fs.chmodSync(repo, 0o1777);
      fs.chownSync(`${repo}/.git`, 1001, 1001);
      const snapshot = await take(`${repo}/mine`, `${project.path}/run`, { environment });
      expect([...readTree(await unpacked(snapshot, `${project.path}/out`)).keys()]).toEqual(['f']);
      expect(snapshot.notes).toEqual([
        `ignoring ${repo}/.git: owned by another user in a folder that all users can write to`,
      ]);
      expect(await describeRepository(`${repo}/mine`, signal, environment)).toBeUndefined();
    },
  );

  test.each(['HEAD', 'config', 'info/exclude', 'packed-refs', 'commondir'])(
    'is read though %s of a repository is a pipe that nobody writes to',
    async (name) => {
      using project = new GitProject();
      project.write({ f: 'f' });
      fs.rmSync(`${project.repo}/.git/${name}`, { force: true });
      execFileSync('mkfifo', [`${project.repo}/.git/${name}`]);
      // Git itself waits for the pipe.
      const snapshot = await take(project.repo, `${project.path}/run`, { environment: { PATH: '/nonexistent' } });
      expect([...readTree(await unpacked(snapshot, `${project.path}/out`), inGit).keys()]).toEqual(['f']);
    },
  );

  test('follows from the rules alone without Git', async () => {
    using project = new GitProject();
    project.write({
      '.gitignore': '*.o\n',
      'svc/.gitignore': '!need.o\n',
      'svc/need.o': '1',
      'svc/x.o': '1',
      'svc/excluded': '1',
      'svc/f': '1',
      '.git/info/exclude': 'excluded\n',
    });
    const snapshot = await take(`${project.repo}/svc`, `${project.path}/run`, {
      environment: { PATH: '/nonexistent' },
    });
    expect([...readTree(await unpacked(snapshot, `${project.path}/out`), inGit).keys()]).toEqual([
      '.gitignore',
      'f',
      'need.o',
    ]);
    expect(snapshot.notes).toEqual([expect.stringContaining('cannot list the files')]);
  });

  test('follows from the rules if Git refuses the repository of another user', async () => {
    using project = new GitProject();
    project.write({ '.gitignore': '*.o\n', 'x.o': '1', f: '1' });
    project.commit('one');
    const snapshot = await take(project.repo, `${project.path}/run`, {
      environment: { ...project.environment, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' },
    });
    const out = await unpacked(snapshot, `${project.path}/out`);
    expect([...readTree(out, inGit).keys()]).toEqual(['.gitignore', 'f']);
    expect(snapshot.notes).toEqual([expect.stringContaining('dubious ownership')]);
    expect(project.git(out, 'log', '--format=%s')).toBe('one');
  });

  test('does not count for a folder that is itself ignored: it is a tree of its own', async () => {
    using project = new GitProject();
    project.write({ '.gitignore': 'tmp/\n', 'tmp/case/a': 'a', 'tmp/case/.gitignore': 'b\n', 'tmp/case/b': 'b' });
    project.commit('one');
    const out = await unpacked(
      await take(`${project.repo}/tmp/case`, `${project.path}/run`, { environment: project.environment }),
      `${project.path}/out`,
    );
    expect([...readTree(out).keys()]).toEqual(['.gitignore', 'a']);
  });

  test('is the same answer from inside a Git hook', async () => {
    using project = new GitProject();
    project.write({ a: 'a' });
    project.commit('one');
    project.git(project.path, 'init', '-q', 'other');
    const environment = {
      ...project.environment,
      GIT_DIR: `${project.path}/other/.git`,
      GIT_INDEX_FILE: `${project.path}/nowhere`,
    };
    const out = await unpacked(await take(project.repo, `${project.path}/run`, { environment }), `${project.path}/out`);
    expect([...readTree(out, inGit).keys()]).toEqual(['a']);
  });

  test('is asked of Git without running what the repository configures', async () => {
    using project = new GitProject();
    project.write({ a: 'a' });
    project.commit('one');
    project.git(project.repo, 'config', 'core.fsmonitor', `touch ${project.path}/ran; false`);
    await take(project.repo, `${project.path}/run`, { environment: project.environment });
    expect(fs.existsSync(`${project.path}/ran`)).toBe(false);
  });
});
