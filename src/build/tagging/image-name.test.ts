import { expect, test } from 'vitest';
import { imageName, type NameOptions } from './image-name.ts';
import type { TagFacts } from './tag-facts.ts';
import { defaultGitCommit, type TagPolicy } from './tag-policy.ts';

const facts: TagFacts = {
  git: { why: 'there is no Git repository' },
  now: 0,
  zones: { local: 'UTC', rule: () => undefined },
  environment: {},
  evaluate: (template) => ({ text: template }),
  inputDigest: 'abc',
};
const fixed = (template: string): TagPolicy => ({ kind: 'envTemplate', template });
const sha256: TagPolicy = { kind: 'sha256' };
const digest = `sha256:${'a'.repeat(64)}`;

test.each<readonly [string, TagPolicy, NameOptions, string]>([
  ['app', fixed('v1'), {}, 'app:v1'],
  ['app', sha256, {}, 'app:latest'],
  ['app:v2', sha256, {}, 'app:v2'],
  ['r.example:5000/team/app', fixed('v1'), {}, 'r.example:5000/team/app:v1'],
  ['app', fixed('v1'), { tag: 'mine' }, 'app:mine'],
  ['app', fixed('v1'), { tag: '' }, 'app:v1'],
  ['app', fixed('not valid'), { tag: 'mine' }, 'app:mine'],
  ['team/app', fixed('v1'), { defaultRepo: { repository: 'r.example' } }, 'r.example/team_app:v1'],
  ['app:v2', sha256, { defaultRepo: { repository: 'r.example', multiLevel: true } }, 'r.example/app:v2'],
  ['ko://github.com/Me/App', fixed('V1'), {}, 'github.com/me/app:V1'],
  ['Team/App', sha256, {}, 'team/app:latest'],
])('%s', (written, policy, options, value) => {
  expect(imageName(written, policy, facts, options)).toEqual({ value, problems: [] });
});

test('a warning stays with the name', () => {
  const why = 'there is no Git repository';
  expect(imageName('app', defaultGitCommit, facts)).toEqual({
    value: 'app:latest',
    problems: [{ kind: 'fallback', policy: 'gitCommit', image: 'app', why }],
  });
});

test.each<readonly [string, string, TagPolicy, NameOptions, object]>([
  ['no tag', 'app', fixed('a b'), {}, { kind: 'invalid-tag', policy: 'envTemplate', image: 'app', tag: 'a b' }],
  ['a long tag', 'app', fixed('a'.repeat(129)), {}, { kind: 'invalid-tag', tag: 'a'.repeat(129) }],
  ['no --tag', 'app', sha256, { tag: 'a/b' }, { kind: 'invalid-tag', policy: '--tag', image: 'app', tag: 'a/b' }],
  ['a second tag', 'app:v1', fixed('v2'), {}, { kind: 'two-tags', policy: 'envTemplate', image: 'app:v1', tag: 'v2' }],
  ['a tag and a digest', `app@${digest}`, sha256, {}, { kind: 'two-tags', tag: 'latest' }],
  ['no name', 'a//b', sha256, {}, { kind: 'invalid-name', image: 'a//b', name: 'a//b:latest' }],
  ['no tag in the name', 'app:a b', sha256, {}, { kind: 'invalid-name', image: 'app:a b' }],
  [
    'no default repo',
    'app',
    sha256,
    { defaultRepo: { repository: 'r.example/A' } },
    { kind: 'invalid-name', name: 'r.example/A/app:latest' },
  ],
  [
    'a name that is cut badly',
    `${'a'.repeat(243)}_b`,
    sha256,
    { defaultRepo: { repository: 'example.io' } },
    { kind: 'invalid-name' },
  ],
])('%s is an error', (_, written, policy, options, problem) => {
  const result = imageName(written, policy, facts, options);
  expect(result.value).toBeUndefined();
  expect(result.problems).toMatchObject([problem]);
});

test('a mistake in the policy is the only error', () => {
  const policy: TagPolicy = { kind: 'customTemplate', template: '', components: [] };
  const invalid = { ...facts, evaluate: () => ({ problem: 'p', invalid: true }) as const };
  expect(imageName('A B', policy, invalid)).toEqual({
    problems: [{ kind: 'invalid-template', policy: 'customTemplate', why: 'p' }],
  });
});
