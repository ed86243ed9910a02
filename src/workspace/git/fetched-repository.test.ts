import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { fetchedRepository, type FetchPolicy } from './fetched-repository.ts';

function repository(folder: string) {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], { cwd: folder })
      .toString()
      .trim();
  fs.mkdirSync(folder);
  git('init', '-q', '-b', 'main');
  const commit = (text: string) => {
    fs.writeFileSync(join(folder, 'skaffold.yaml'), text);
    git('add', '.');
    git('commit', '-qm', text);
    return git('rev-parse', 'HEAD');
  };
  return { git, commit };
}

function world() {
  const dir = temporaryFolder();
  const source = join(dir.path, 'source');
  const { git, commit } = repository(source);
  const fetch = async (ref?: string, policy: FetchPolicy = 'missing', from = source) =>
    await fetchedRepository({
      ...{ repository: from, policy, cache: join(dir.path, 'cache'), environment: { PATH: process.env['PATH'] } },
      ...(ref !== undefined && { ref }),
      signal: new AbortController().signal,
    });
  const content = async (...args: Parameters<typeof fetch>) => {
    const fetched = await fetch(...args);
    return 'why' in fetched ? fetched.why : fs.readFileSync(join(fetched.folder, 'skaffold.yaml'), 'utf8');
  };
  return { dir, git, commit, fetch, content, cache: join(dir.path, 'cache') };
}

test('branches, tags, commits and the default branch', async () => {
  const { dir, git, commit, content } = world();
  using _ = dir;
  const first = commit('first');
  git('tag', 'v1');
  git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  commit('second');
  expect(await content()).toBe('second');
  expect(await content('main')).toBe('second');
  expect(await content('v1')).toBe('first');
  expect(await content(first)).toBe('first');
});

test('the cache is used again, unless it is to be fetched always', async () => {
  const { dir, commit, content } = world();
  using _ = dir;
  expect(await content('main', 'never')).toContain('not in the cache');
  commit('first');
  expect(await content('main')).toBe('first');
  commit('second');
  expect(await content('main')).toBe('first');
  expect(await content('main', 'never')).toBe('first');
  expect(await content('main', 'always')).toBe('second');
  expect(await content('main')).toBe('second');
});

test('many fetches at once leave one folder, and nothing half-done', async () => {
  const { dir, commit, content, cache } = world();
  using _ = dir;
  const id = commit('first');
  expect(await Promise.all([1, 2, 3, 4].map(async () => await content('main', 'always')))).toEqual(
    Array(4).fill('first'),
  );
  const [home = ''] = fs.readdirSync(cache);
  expect(fs.readdirSync(join(cache, home)).filter((name) => !name.startsWith('ref-'))).toEqual([id]);
});

test('a failure names its cause, without credentials', async () => {
  const { dir, commit, fetch, cache } = world();
  using _ = dir;
  commit('first');
  expect(await fetch('nowhere')).toEqual({ why: "git: couldn't find remote ref nowhere" });
  const missing = await fetch('main', 'missing', 'https://me:secret@127.0.0.1:9/x.git');
  expect(missing).toEqual({ why: expect.stringContaining('127.0.0.1') as string });
  expect(JSON.stringify(missing)).not.toContain('secret');
  expect(fs.readdirSync(cache).flatMap((name) => fs.readdirSync(join(cache, name)))).toEqual([]);
});

test.each(['--upload-pack=touch /tmp/owned', 'ext::sh -c "touch owned"'])('%s runs nothing', async (url) => {
  const { dir, fetch } = world();
  using _ = dir;
  expect(await fetch('main', 'missing', url)).toHaveProperty('why');
  expect(fs.existsSync(join(dir.path, 'owned'))).toBe(false);
});
