import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  file,
  folder,
  link,
  onDisk,
  randomTree,
  readTree,
  temporaryFolder,
  treeOf,
  writeTree,
  type Tree,
} from '../../../test/rigs/file-tree.ts';
import { GitProject } from '../../../test/rigs/git-project.ts';
import { bytesOf } from '../../../test/rigs/tar-bytes.ts';
import { extractTar } from '../../tar/tar-extract.ts';
import { readTar } from '../../tar/tar-reader.ts';
import { describeRepository } from '../git/git.ts';
import { openSnapshot, takeSnapshot } from './snapshot.ts';
import type { Snapshot } from '../workspace.ts';

const signal = new AbortController().signal;

async function take(
  root: string,
  folderOfRun: string,
  more: { ignore?: 'git' | 'none'; environment?: Record<string, string> } = {},
): Promise<Snapshot> {
  fs.mkdirSync(folderOfRun, { recursive: true });
  return await takeSnapshot({
    root,
    folder: folderOfRun,
    ignore: more.ignore ?? 'git',
    environment: more.environment,
    signal,
  });
}

/** Returns what a step would see. */
async function unpacked(snapshot: Snapshot, into: string): Promise<string> {
  fs.mkdirSync(into, { recursive: true });
  await extractTar(snapshot.open(undefined, signal), into, signal);
  return into;
}

const inGit = (name: string) => name === '.git' || name.endsWith('/.git');

describe('a tree without Git', () => {
  test('comes back as it was, whatever is in it, and its digest counts neither times nor place', async () => {
    await fc.assert(
      fc.asyncProperty(randomTree, async (tree) => {
        using dir = temporaryFolder();
        writeTree(`${dir.path}/one`, tree);
        writeTree(`${dir.path}/two`, tree);
        for (const name of fs.readdirSync(`${dir.path}/two`, 'buffer'))
          fs.lutimesSync(Buffer.concat([Buffer.from(`${dir.path}/two/`), name]), 1000, 1000);
        const one = await take(`${dir.path}/one`, `${dir.path}/run1`);
        const two = await take(`${dir.path}/two`, `${dir.path}/run2`);
        expect(readTree(await unpacked(one, `${dir.path}/out`))).toEqual(tree);
        expect(two.ref).toEqual(one.ref);
        expect(one.ref.files).toBe([...tree.values()].filter(({ type }) => type !== 'folder').length);
      }),
      onDisk(30),
    );
  });

  test('tells how far it has been read', async () => {
    using dir = temporaryFolder();
    writeTree(`${dir.path}/tree`, treeOf({ a: 'four', b: 'seven..', d: folder() }));
    fs.mkdirSync(`${dir.path}/run`);
    const told: [files: number, bytes: number][] = [];
    const progress = (files: number, bytes: number) => void told.push([files, bytes]);
    await takeSnapshot({ root: `${dir.path}/tree`, folder: `${dir.path}/run`, ignore: 'none', progress, signal });
    expect([told.find(([files]) => files === 1), told.at(-1)]).toEqual([
      [1, 4],
      [2, 11],
    ]);
  });

  test.each<[string, Tree]>([
    ['a name', treeOf({ b: 'x', d: folder() })],
    ['content', treeOf({ a: 'y', d: folder() })],
    ['a mode', treeOf({ a: file('x', 0o755), d: folder() })],
    ['a folder', treeOf({ a: 'x' })],
    ['a link', treeOf({ a: link('x'), d: folder() })],
    ['where a name ends and content begins', treeOf({ ax: '', d: folder() })],
  ])('has another digest when %s changes', async (_, changed) => {
    using dir = temporaryFolder();
    writeTree(`${dir.path}/one`, treeOf({ a: 'x', d: folder() }));
    writeTree(`${dir.path}/two`, changed);
    const digests = [
      await take(`${dir.path}/one`, `${dir.path}/run1`),
      await take(`${dir.path}/two`, `${dir.path}/run2`),
    ].map(({ ref }) => ref.digest);
    expect(digests[0]).not.toBe(digests[1]);
  });

  test('leaves out what its .gitignore files name, unless everything is asked for', async () => {
    using dir = temporaryFolder();
    writeTree(
      `${dir.path}/in`,
      treeOf({
        '.gitignore': 'build/\n*.log\n!keep.log\n',
        'build/x': 'x',
        'a.log': 'a',
        'keep.log': 'k',
        'sub/.gitignore': '/only-here\n',
        'sub/only-here': 'x',
        'only-here': 'y',
        'sub/b.LOG': 'case counts',
      }),
    );
    const out = readTree(await unpacked(await take(`${dir.path}/in`, `${dir.path}/run`), `${dir.path}/out`));
    expect([...out.keys()]).toEqual(['.gitignore', 'keep.log', 'only-here', 'sub', 'sub/.gitignore', 'sub/b.LOG']);
    const all = readTree(
      await unpacked(await take(`${dir.path}/in`, `${dir.path}/run2`, { ignore: 'none' }), `${dir.path}/all`),
    );
    expect(all).toEqual(readTree(`${dir.path}/in`));
  });

  test('tells what it left out', async () => {
    using dir = temporaryFolder();
    fs.mkdirSync(`${dir.path}/in`);
    execFileSync('mkfifo', [`${dir.path}/in/pipe`]);
    const { notes, ref } = await take(`${dir.path}/in`, `${dir.path}/run`);
    expect(notes).toEqual(['skipped pipe: it is a pipe']);
    expect(ref.files).toBe(0);
  });
});

describe('a snapshot', () => {
  test('is given out with any owner, to several readers at once, also by a later process', async () => {
    using dir = temporaryFolder();
    writeTree(
      `${dir.path}/in`,
      treeOf({
        a: 'a',
        ['n'.repeat(150)]: 'long name',
        'd/big': file(Buffer.alloc(700_000, 1)),
        'd/l': link('x'.repeat(120)),
      }),
    );
    const taken = await take(`${dir.path}/in`, `${dir.path}/run`);
    const opened = (await openSnapshot(`${dir.path}/run`))!;
    expect(opened.ref).toEqual(taken.ref);
    const owners = [{ uid: 1000, gid: 100 }, { uid: 3_000_000, gid: 5 }, { uid: 0, gid: 0 }, undefined];
    await Promise.all(
      owners.map(async (owner) => {
        const found: unknown[] = [];
        for await (const { header, body } of readTar(opened.open(owner, signal)))
          found.push([header.name.toString(), header.uid, header.gid, (await bytesOf(body)).length]);
        const { uid, gid } = owner ?? { uid: 0, gid: 0 };
        expect(found).toEqual([
          ['a', uid, gid, 1],
          ['d', uid, gid, 0],
          ['d/big', uid, gid, 700_000],
          ['d/l', uid, gid, 0],
          ['n'.repeat(150), uid, gid, 9],
        ]);
      }),
    );
  });

  test('with patched owners is the same tar otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(randomTree, fc.nat({ max: 8 ** 7 - 1 }), async (tree, uid) => {
        using dir = temporaryFolder();
        writeTree(`${dir.path}/in`, tree);
        const snapshot = await take(`${dir.path}/in`, `${dir.path}/run`);
        const headers = async (owner: { uid: number; gid: number } | undefined) => {
          const all: unknown[] = [];
          for await (const { header } of readTar(snapshot.open(owner, signal)))
            all.push({ ...header, uid: 0, gid: 0 }, header.uid);
          return all;
        };
        const plain = await headers(undefined);
        expect(await headers({ uid, gid: 1 })).toEqual(plain.map((each) => (each === 0 ? uid : each)));
      }),
      onDisk(20),
    );
  });

  test('stays what it was while the tree goes on', async () => {
    using dir = temporaryFolder();
    writeTree(`${dir.path}/in`, treeOf({ a: 'then' }));
    const snapshot = await take(`${dir.path}/in`, `${dir.path}/run`);
    fs.writeFileSync(`${dir.path}/in/a`, 'now');
    expect(readTree(await unpacked(snapshot, `${dir.path}/out`))).toEqual(treeOf({ a: 'then' }));
  });

  test('that was never complete is none, and what is left of it goes away with the next', async () => {
    using dir = temporaryFolder();
    writeTree(`${dir.path}/in`, treeOf({ a: 'a' }));
    writeTree(`${dir.path}/run`, treeOf({ '.workspace-xyz/tree.tar': 'half', 'run.db': '' }));
    expect(await openSnapshot(`${dir.path}/run`)).toBeUndefined();
    await take(`${dir.path}/in`, `${dir.path}/run`);
    expect(fs.readdirSync(`${dir.path}/run`)).toEqual(['run.db', 'workspace']);
  });

  test('leaves nothing behind when it is stopped', async () => {
    using dir = temporaryFolder();
    writeTree(`${dir.path}/in`, treeOf({ big: file(Buffer.alloc(20_000_000)) }));
    fs.mkdirSync(`${dir.path}/run`);
    const controller = new AbortController();
    const taking = takeSnapshot({
      root: `${dir.path}/in`,
      folder: `${dir.path}/run`,
      ignore: 'none',
      signal: controller.signal,
    });
    setImmediate(() => controller.abort(new Error('enough')));
    await expect(taking).rejects.toThrow('enough');
    expect(fs.readdirSync(`${dir.path}/run`)).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)(
    'says which file cannot be read (skipped for root, who can read all)',
    async () => {
      using dir = temporaryFolder();
      writeTree(`${dir.path}/in`, treeOf({ secret: file('x', 0o000) }));
      await expect(take(`${dir.path}/in`, `${dir.path}/run`)).rejects.toMatchObject({
        name: 'WorkspaceError',
        code: 'unreadable',
      });
    },
  );

  test('of no folder is an error with a name', async () => {
    using dir = temporaryFolder();
    await expect(take(`${dir.path}/none`, `${dir.path}/run`)).rejects.toMatchObject({
      name: 'WorkspaceError',
      code: 'not-found',
    });
  });

  test('whose description is damaged is an error with a name', async () => {
    using dir = temporaryFolder();
    writeTree(`${dir.path}/run`, treeOf({ 'workspace/snapshot.json': '{"format":' }));
    await expect(openSnapshot(`${dir.path}/run`)).rejects.toMatchObject({ code: 'corrupt' });
  });
});

describe('what Git ignores', () => {
  test('stays at home; what it tracks, what is new and what is empty comes along', async () => {
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

  test('is found out by the rules alone where there is no Git', async () => {
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

  test('is found out by the rules where Git refuses a repository of somebody else', async () => {
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

describe('.git goes along', () => {
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
