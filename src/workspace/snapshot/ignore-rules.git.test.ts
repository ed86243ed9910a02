import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { onDisk } from '../../../test/rigs/file-tree.ts';
import { GitProject } from '../../../test/rigs/git-project.ts';
import { parseIgnoreRules } from './ignore-rules.ts';

const piece = fc.constantFrom(
  'a',
  'b',
  'ab',
  '.a',
  '*',
  '?',
  '[ab]',
  '[!a]',
  '[a-c]',
  '\\a',
  '[[:alpha:]]',
  '[',
  '{a,b}',
  ' ',
);
const part = fc.oneof(
  fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')),
  fc.constant('**'),
);
const line = fc
  .tuple(
    fc.constantFrom('', '', '', '!', '/', '!/'),
    fc.array(part, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '', '/', ' ', '\\ '),
  )
  .map(([before, parts, after]) => before + parts.join('/') + after)
  // Git treats `a**/b` as `a` followed by `**/b`, against its manual (gitignore(5)).
  .filter((text) => !/[^/!]\*\*|\*\*[^/]/.test(text));
const files = ['a', 'b', 'ab', '.a', 'a.b', 'c', '[', 'a ', '{a,b}'];

test('lines mean what they mean to Git', () => {
  using project = new GitProject();
  const { repo, environment } = project;
  const names = [...files, ...files.map((name) => `d/${name}`), ...files.map((name) => `ad/b/${name}`)];
  for (const name of names) project.write({ [name]: '' });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (lines) => {
      const text = lines.join('\n');
      fs.writeFileSync(path.join(repo, '.git/info/exclude'), text);
      const listed = execFileSync('git', ['ls-files', '-z', '--others', '--exclude-standard'], {
        cwd: repo,
        env: environment,
      })
        .toString()
        .split('\0')
        .filter(Boolean);
      expect(keptBy(text, names)).toEqual(listed.sort());
    }),
    onDisk(150),
  );
});

/** From the top down, skipping ignored folders. */
function keptBy(text: string, names: readonly string[]): string[] {
  const rules = parseIgnoreRules(text);
  const isKept = (name: string) =>
    name
      .split('/')
      .every((_, i, parts) => rules.verdict(parts.slice(0, i + 1).join('/'), i < parts.length - 1) !== 'ignored');
  return names.filter(isKept).sort();
}
