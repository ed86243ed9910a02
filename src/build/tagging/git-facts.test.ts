import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GitProject } from '../../../test/rigs/git-project.ts';
import { gitFacts } from './git-facts.ts';
import type { GitFacts, Unknown } from './tag-facts.ts';
import { gitVariants } from './tag-policy.ts';

describe('facts about Git', () => {
  let git: GitProject;
  beforeEach(() => {
    git = new GitProject();
  });
  afterEach(() => git[Symbol.dispose]());

  const { signal } = new AbortController();
  const all = { git: new Set(gitVariants), changes: true };

  async function read(...folders: string[]) {
    return await gitFacts({ folders, needed: all, environment: git.environment, signal });
  }

  async function factsOf(folder: string): Promise<GitFacts> {
    const facts = (await read(folder)).get(folder);
    if (facts === undefined || 'why' in facts) throw new Error(facts?.why ?? 'no facts');
    return facts;
  }

  const named = ({ names }: GitFacts) => gitVariants.map((variant) => names.get(variant));
  const at = (name: string) => path.join(git.repo, name);
  const shown = (...args: string[]) => git.git(git.repo, ...args);

  test('of a commit without a tag', async () => {
    git.write({ 'a.go': 'code' });
    const commit = git.commit('one');
    const facts = await factsOf(git.repo);
    const tree = shown('rev-parse', 'HEAD^{tree}');
    expect(named(facts)).toEqual([commit.slice(0, 7), commit, commit.slice(0, 7), tree, tree.slice(0, 7)]);
    expect(facts.changed).toBe(false);
  });

  test.each(['v1', 'v/1'])('of a tag %s at HEAD, and after it', async (tag) => {
    git.write({ 'a.go': 'code' });
    git.commit('one');
    shown('tag', tag);
    expect((await factsOf(git.repo)).names.get('Tags')).toBe(tag);
    const commit = git.commit('two');
    expect((await factsOf(git.repo)).names.get('Tags')).toBe(`${tag}-1-g${commit.slice(0, 7)}`);
  });

  test.each<readonly [string, () => void]>([
    ['a changed file', () => git.write({ 'app/a.go': 'other' })],
    ['a staged file', () => (git.write({ 'app/a.go': 'other' }), shown('add', '-A'))],
    ['a new file', () => git.write({ 'app/new.go': 'code' })],
    ['a new folder', () => git.write({ 'app/new/new.go': 'code' })],
    ['a deleted file', () => fs.rmSync(at('app/a.go'))],
    ['a renamed file', () => shown('mv', 'app/a.go', 'app/b.go')],
    ['a file that came from elsewhere', () => shown('mv', 'other/a.go', 'app/b.go')],
  ])('%s makes its folder dirty', async (_, change) => {
    git.write({ 'app/a.go': 'code', 'other/a.go': 'text', 'app-2/a.go': 'code', '.gitignore': '*.tmp\n' });
    git.commit('one');
    git.write({ 'app/a.tmp': 'ignored' });
    const folders = [git.repo, at('app'), at('other'), at('app-2')];
    const changes = async () =>
      [...(await read(...folders)).values()].map((each) => ('why' in each ? each.why : each.changed));
    expect(await changes()).toEqual([false, false, false, false]);
    change();
    const [whole, app, , app2] = await changes();
    expect([whole, app, app2]).toEqual([true, true, false]);
  });

  test('only folders with changes are dirty', async () => {
    git.write({ 'a/x.go': '1', 'b/x.go': '2', 'b/c/x.go': '3' });
    git.commit('one');
    git.write({ 'b/x.go': 'changed' });
    const facts = await read(at('a'), at('b'), at('b/c'));
    expect([...facts.values()].map((each) => ('changed' in each ? each.changed : each))).toEqual([false, true, false]);
  });

  test('the tree is that of the folder', async () => {
    git.write({ 'a/x.go': '1', 'b/x.go': '2', 'b/c/x.go': '3' });
    git.commit('one');
    const before = await read(at('a'), at('b'), at('b/c'));
    for (const folder of ['a', 'b', 'b/c']) {
      const tree = shown('rev-parse', `HEAD:${folder}`);
      const facts = before.get(at(folder)) as GitFacts;
      expect([facts.names.get('TreeSha'), facts.names.get('AbbrevTreeSha')]).toEqual([tree, tree.slice(0, 7)]);
    }
    git.write({ 'a/x.go': 'changed' });
    git.commit('two');
    const after = await read(at('a'), at('b'));
    const tree = (facts: GitFacts | Unknown | undefined) => (facts as GitFacts).names.get('TreeSha');
    expect(tree(after.get(at('b')))).toBe(tree(before.get(at('b'))));
    expect(tree(after.get(at('a')))).not.toBe(tree(before.get(at('a'))));
  });

  test('a folder that the commit does not have has no tree', async () => {
    git.write({ 'a/x.go': '1' });
    git.commit('one');
    git.write({ 'new/deep/x.go': '2' });
    const facts = await factsOf(at('new/deep'));
    expect(facts.changed).toBe(true);
    expect(facts.names.get('TreeSha')).toEqual({ why: 'the commit does not have the folder new/deep' });
  });

  test.each(['a folder with spaces', '*', ':(top)', 'größe'])('of a folder named %j', async (name) => {
    git.write({ [`${name}/x.go`]: '1', 'other/x.go': '2' });
    git.commit('one');
    git.write({ 'other/x.go': 'changed' });
    const facts = await factsOf(at(name));
    expect(facts.changed).toBe(false);
    expect(facts.names.get('TreeSha')).toMatch(/^[0-9a-f]{40}$/);
  });

  test('of a detached HEAD', async () => {
    const first = git.commit('one');
    git.commit('two');
    shown('checkout', '-q', first);
    expect((await factsOf(git.repo)).names.get('CommitSha')).toBe(first);
  });

  test('of a shallow clone', async () => {
    git.commit('one');
    shown('tag', 'v1');
    const commit = git.commit('two');
    git.git(git.path, 'clone', '-q', '--depth=1', `file://${git.repo}`, 'shallow');
    const facts = await factsOf(path.join(git.path, 'shallow'));
    expect([facts.names.get('Tags'), facts.names.get('CommitSha')]).toEqual([commit.slice(0, 7), commit]);
  });

  test('of a linked work tree', async () => {
    git.write({ 'a/x.go': '1' });
    git.commit('one');
    shown('worktree', 'add', '-q', '-b', 'side', '../side');
    const side = path.join(git.path, 'side');
    git.write({ 'a/x.go': '2' }, side);
    const commit = git.commit('two', side);
    git.write({ 'a/x.go': '3' }, side);
    const facts = await read(path.join(side, 'a'), at('a'));
    const [there, here] = [...facts.values()] as GitFacts[];
    expect([there?.names.get('CommitSha'), there?.changed, here?.changed]).toEqual([commit, true, false]);
  });

  test('of a folder behind a link', async () => {
    git.write({ 'a/x.go': '1' });
    git.commit('one');
    const link = path.join(git.path, 'link');
    fs.symlinkSync(at('a'), link);
    expect((await factsOf(link)).names.get('TreeSha')).toBe(shown('rev-parse', 'HEAD:a'));
  });

  test('of a submodule are its own', async () => {
    const commit = git.commit('one');
    git.git(git.path, 'init', '-q', 'outer');
    const outer = path.join(git.path, 'outer');
    git.git(outer, 'submodule', '--quiet', 'add', git.repo, 'sub');
    git.commit('outer', outer);
    expect((await factsOf(path.join(outer, 'sub'))).names.get('CommitSha')).toBe(commit);
  });

  test('without a commit there is none', async () => {
    expect((await read(git.repo)).get(git.repo)).toEqual({ why: 'the Git repository has no commit yet' });
  });

  test('without a repository, a folder or Git there are none', async () => {
    const missing = at('missing');
    expect([...(await read(git.path, missing)).values()]).toEqual([
      { why: 'there is no Git repository' },
      { why: `the folder ${missing} does not exist`, noFolder: true },
    ]);
    const environment = { ...git.environment, PATH: '/nowhere' };
    git.commit('one');
    const facts = await gitFacts({ folders: [git.repo], needed: all, environment, signal });
    expect(facts.get(git.repo)).toEqual({ why: 'Git is not installed' });
  });

  test('only what is needed is asked for', async () => {
    const commit = git.commit('one');
    const needed = { git: new Set(['CommitSha'] as const), changes: false };
    const facts = await gitFacts({ folders: [git.repo], needed, environment: git.environment, signal });
    expect(facts.get(git.repo)).toEqual({ names: new Map([['CommitSha', commit]]) });
  });

  test('a broken repository says what Git says', async () => {
    git.commit('one');
    fs.writeFileSync(at('.git/config'), '[broken');
    const facts = (await read(git.repo)).get(git.repo);
    expect(facts).toEqual({ why: expect.stringMatching(/^Git failed: fatal: bad config line/) as string });
  });

  test('what the configuration of the repository names is not started', async () => {
    const trace = path.join(git.path, 'trace');
    git.write({ 'a.go': 'code' });
    git.commit('one');
    for (const name of ['core.fsmonitor', 'core.pager', 'credential.helper'])
      shown('config', name, `!touch ${trace}; touch ${trace}`);
    git.write({ 'a.go': 'other' });
    expect((await factsOf(git.repo)).changed).toBe(true);
    expect(fs.existsSync(trace)).toBe(false);
  });

  test('the signal ends it', async () => {
    git.commit('one');
    const reason = new Error('enough');
    const stopped = AbortSignal.abort(reason);
    await expect(
      gitFacts({ folders: [git.repo], needed: all, environment: git.environment, signal: stopped }),
    ).rejects.toBe(reason);
  });
});
