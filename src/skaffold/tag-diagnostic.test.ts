import { expect, test } from 'vitest';
import type { TagProblem } from '../build/tagging/tag-problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { tagCodes } from './codes/tags.ts';
import { tagDiagnostic } from './tag-diagnostic.ts';

const long = 'a'.repeat(129);

const examples: readonly (readonly [TagProblem, string, string, string | undefined])[] = [
  [
    { kind: 'fallback', policy: 'gitCommit', image: 'app', why: 'there is no Git repository' },
    'warning S070',
    'cannot tag `app` by `gitCommit`, so the tag of `sha256` is used: there is no Git repository',
    'commit the project with Git, or choose another `tagPolicy`',
  ],
  [
    { kind: 'fallback', policy: 'gitCommit', image: 'app', why: 'the folder /web does not exist', noFolder: true },
    'warning S070',
    'cannot tag `app` by `gitCommit`, so the tag of `sha256` is used: the folder /web does not exist',
    'check `context` of the artifact; with -f, relative paths start at the current folder',
  ],
  [
    { kind: 'fallback', policy: 'dateTime', image: 'app', why: 'there is no time zone "foo"' },
    'warning S070',
    'cannot tag `app` by `dateTime`, so the tag of `sha256` is used: there is no time zone "foo"',
    'choose another `tagPolicy`',
  ],
  [
    { kind: 'invalid-tag', policy: '--tag', image: 'app', tag: 'a b' },
    'error S071',
    '`--tag` makes an invalid tag for `app`: `a b`',
    'use only letters, digits, `_`, `.` and `-`',
  ],
  [
    { kind: 'invalid-tag', policy: 'gitCommit', image: 'app', tag: long },
    'error S071',
    `\`gitCommit\` makes an invalid tag for \`app\`: \`${'a'.repeat(57)}…\``,
    'make it shorter: it has 129 characters, and 128 are allowed',
  ],
  [
    { kind: 'invalid-name', image: 'a//b', name: 'a//b:v1' },
    'error S072',
    'invalid image name `a//b:v1`',
    'write it like `registry.example/team/app`',
  ],
  [
    { kind: 'invalid-name', image: 'app', name: 'R/a_:v1' },
    'error S072',
    'invalid image name `R/a_:v1` for `app`',
    'check `--default-repo`, and the length of the name',
  ],
  [
    { kind: 'two-tags', policy: 'gitCommit', image: 'app:1', tag: 'v1' },
    'error S073',
    '`app:1` has a tag already, and `gitCommit` adds `v1`',
    'remove the tag from `image`, or write `tagPolicy: { sha256: {} }`',
  ],
  [
    { kind: 'invalid-template', policy: 'envTemplate', why: 'unclosed action' },
    'error S074',
    'invalid template of `envTemplate`: unclosed action',
    undefined,
  ],
  [
    { kind: 'duplicate-component', name: 'A' },
    'error S075',
    '`customTemplate` has two components with the name `A`',
    'change one of the names',
  ],
  [
    { kind: 'replaced', policy: 'gitCommit', written: 'v/2', tag: 'v_2' },
    'warning S076',
    '`gitCommit` uses the tag `v_2` for `v/2`',
    undefined,
  ],
];

const imageAt = new SourceText('skaffold.yaml', 'image: app\n').span(7, 10);

test.each(examples)('$kind $policy', (found, code, message, help) => {
  const diagnostic = tagDiagnostic(found, undefined, imageAt);
  expect([`${diagnostic.severity} ${diagnostic.code}`, diagnostic.message, diagnostic.help]).toEqual([
    code,
    message,
    help,
  ]);
});

test('every code has an example, and explains itself in sentences', () => {
  const found = examples.map(([problem]) => tagDiagnostic(problem, undefined, imageAt).code);
  expect([...new Set(found)].sort()).toEqual(Object.keys(tagCodes));
  for (const { title, explanation } of Object.values(tagCodes)) {
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(explanation).toMatch(/\.$/);
  }
});
