import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { formatGitConfig, parseGitConfig, settingsToKeep } from './git-config.ts';

const text = `# comment
[core]
\trepositoryformatversion = 0
\tbare
\tfilemode=false ; comment
[Remote "Ori\\"gin"] url = https://u:p@h/x # comment
\tfetch = "+refs/heads/*:refs/remotes/o/*"   
\tpath = a\\
 b "  c;#d "  e\\tf\\\\
\tempty =
[branch "a.b/c"]
  remote = x
[section.Sub]
 Key-1 = v
`;

/** Returns Git's own result for a text. */
function byGit(config: string): string[] {
  using dir = temporaryFolder();
  fs.writeFileSync(`${dir.path}/config`, config);
  return execFileSync('git', ['config', '-z', '--no-includes', '--file', `${dir.path}/config`, '--list'])
    .toString()
    .split('\0')
    .slice(0, -1);
}

describe('a configuration', () => {
  test('is read as Git reads it', () => {
    const own = parseGitConfig(text).map(({ key, value }) => `${key}\n${value}`);
    // For Git, a name without a value means true.
    expect(own).toEqual(byGit(text).map((line) => (line === 'core.bare' ? 'core.bare\ntrue' : line)));
  });

  test('is written so that Git reads the same', () => {
    const settings = parseGitConfig(text);
    expect(byGit(formatGitConfig(settings))).toEqual(settings.map(({ key, value }) => `${key}\n${value}`));
  });

  test.each(['[', '[a', '[a "b', 'x', 'x = "', 'x = \\', '= y', '[a]]\nb', '\0'])(
    'of garbage (%j) is read to its end',
    (garbage) => {
      expect(() => parseGitConfig(`${garbage}\n${garbage}`)).not.toThrow();
    },
  );
});

test.each([
  ['core.hookspath', false],
  ['core.filemode', true],
  ['core.worktree', false],
  ['core.fsmonitor', false],
  ['core.gitproxy', false],
  ['extensions.objectformat', true],
  ['extensions.worktreeconfig', false],
  ['remote.origin.url', true],
  ['remote.origin.uploadpack', false],
  ['remote.origin.proxy', false],
  ['branch.main.merge', true],
  ['credential.helper', false],
  ['http.extraheader', false],
  ['url.https://x/.insteadof', false],
  ['include.path', false],
  ['includeif.gitdir:/x.path', false],
  ['filter.lfs.smudge', false],
  ['diff.x.command', false],
  ['user.email', false],
  ['submodule.x.url', false],
])('%s goes along: %s', (key, kept) => {
  const [section = '', ...rest] = key.split('.');
  const name = rest.pop()!;
  const subsection = rest.length > 0 ? { subsection: rest.join('.') } : {};
  expect(settingsToKeep([{ key, section, ...subsection, name, value: 'v' }])).toHaveLength(kept ? 1 : 0);
});
