import { describe, expect, test } from 'vitest';
import type { EvaluateTemplate, TagFacts } from './tag-facts.ts';
import { tagOf } from './tag-of.ts';
import {
  defaultDateTime,
  defaultGitCommit,
  gitVariant,
  neededFacts,
  type GitVariant,
  type SimplePolicy,
  type TagPolicy,
} from './tag-policy.ts';

/** Knows only `{{.NAME}}`. */
const evaluate: EvaluateTemplate = (template, values) => {
  if (template.includes('{{') && !/\{\{\.\w+\}\}/.test(template)) return { problem: 'unclosed action', invalid: true };
  const missing = [...template.matchAll(/\{\{\.(\w+)\}\}/g)].find(([, name = '']) => !Object.hasOwn(values, name));
  if (missing) return { problem: `no entry for key "${missing[1]}"` };
  return { text: template.replaceAll(/\{\{\.(\w+)\}\}/g, (_, name: string) => values[name] ?? '') };
};

const names = new Map<GitVariant, string>([
  ['Tags', 'v1-1-g3cec6b9'],
  ['CommitSha', '3cec6b950895704a8a69b610a199b242a3bd370f'],
  ['AbbrevCommitSha', '3cec6b9'],
  ['TreeSha', '81eea360f7f81bc5c187498a8d6c4337e0361374'],
  ['AbbrevTreeSha', '81eea36'],
]);

const facts: TagFacts = {
  git: { names, changed: false },
  now: Date.UTC(2015, 2, 7, 11, 6, 39, 123),
  zones: { local: 'UTC', rule: () => undefined },
  environment: { USER: 'dev', UNSET: undefined },
  evaluate,
  inputDigest: 'abc123',
};

const called = (name: string, changed = false): TagFacts => ({
  ...facts,
  git: { names: new Map([['Tags', name]]), changed },
});

const fallback = (policy: string, why: string, image = 'app') => ({ kind: 'fallback', policy, image, why });

describe('gitCommit', () => {
  test.each([...names])('%s', (variant, expected) => {
    expect(tagOf({ ...defaultGitCommit, variant }, 'app', facts)).toEqual({ value: expected, problems: [] });
  });

  test('a changed work tree is dirty, unless changes are ignored', () => {
    const dirty = called('v1', true);
    expect(tagOf(defaultGitCommit, 'app', dirty).value).toBe('v1-dirty');
    expect(tagOf({ ...defaultGitCommit, prefix: 'x-' }, 'app', dirty).value).toBe('x-v1-dirty');
    expect(tagOf({ ...defaultGitCommit, ignoreChanges: true, prefix: 'x-' }, 'app', dirty).value).toBe('x-v1');
  });

  test.each([
    ['v/2', 'v_2'],
    ['release+1', 'release_1'],
    ['.-a', '__a'],
    ['-', '_'],
    ['größe', 'gr__e'],
    ['a'.repeat(130), 'a'.repeat(128)],
    ['_ok.-', '_ok.-'],
  ])('%s becomes %s', (written, tag) => {
    const problems = written === tag ? [] : [{ kind: 'replaced', policy: 'gitCommit', written, tag }];
    expect(tagOf(defaultGitCommit, 'app', called(written))).toEqual({ value: tag, problems });
  });

  test.each<readonly [string, TagFacts['git'], string]>([
    ['no repository', { why: 'there is no Git repository' }, 'there is no Git repository'],
    ['no name', { names: new Map([['Tags', { why: 'no such folder' }]]), changed: false }, 'no such folder'],
    ['unknown changes', { names, changed: { why: 'Git failed' } }, 'Git failed'],
    ['a name that was not asked for', { names: new Map(), changed: false }, 'Git was not asked for Tags'],
    ['changes that were not asked for', { names }, 'Git was not asked for changed files'],
    ['nothing', undefined, 'nothing is known of a Git repository'],
  ])('%s: the tag of sha256', (_, git, why) => {
    const { git: _git, ...others } = facts;
    const given = { ...others, ...(git !== undefined && { git }) };
    expect(tagOf(defaultGitCommit, 'app', given)).toEqual({ value: 'latest', problems: [fallback('gitCommit', why)] });
    expect(tagOf(defaultGitCommit, 'app:v2', given).value).toBe('');
  });

  test.each([
    ['', 'Tags'],
    ['tags', 'Tags'],
    ['COMMITSHA', 'CommitSha'],
    ['AbbrevTreeSha', 'AbbrevTreeSha'],
    ['Branch', undefined],
  ])('variant %j is %s', (written, expected) => {
    expect(gitVariant(written)).toBe(expected);
  });
});

test.each([
  ['app', 'latest'],
  ['r.example:5000/app', 'latest'],
  ['app:v1', ''],
  ['r.example:5000/app:v1', ''],
])('sha256: %s gets %j', (image, tag) => {
  expect(tagOf({ kind: 'sha256' }, image, facts)).toEqual({ value: tag, problems: [] });
});

describe('envTemplate', () => {
  const policy = (template: string): TagPolicy => ({ kind: 'envTemplate', template });

  test.each([
    ['{{.USER}}-1', 'dev-1'],
    ['{{.IMAGE_NAME}}', 'app'],
    ['fixed', 'fixed'],
  ])('%s', (template, value) => {
    expect(tagOf(policy(template), 'app', facts)).toEqual({ value, problems: [] });
  });

  test.each(['UNSET', 'MISSING'])('a variable without a value (%s): the tag of sha256', (name) => {
    expect(tagOf(policy(`{{.${name}}}`), 'app', facts)).toEqual({
      value: 'latest',
      problems: [fallback('envTemplate', `no entry for key "${name}"`)],
    });
  });

  test('a template that is no template is an error', () => {
    expect(tagOf(policy('{{.USER'), 'app', facts)).toEqual({
      problems: [{ kind: 'invalid-template', policy: 'envTemplate', why: 'unclosed action' }],
    });
  });
});

describe('dateTime', () => {
  test.each([
    ['', '', '2015-03-07_11-06-39.123_UTC'],
    ['2006-01-02', 'UTC', '2015-03-07'],
    ['15h', 'Asia/Tokyo', '20h'],
  ])('%j in %j', (format, timezone, value) => {
    expect(tagOf({ kind: 'dateTime', format, timezone }, 'app', facts)).toEqual({ value, problems: [] });
  });

  test('an unknown time zone: the tag of sha256', () => {
    expect(tagOf({ ...defaultDateTime, timezone: 'foo' }, 'app', facts)).toEqual({
      value: 'latest',
      problems: [fallback('dateTime', 'there is no time zone "foo"')],
    });
  });
});

describe('inputDigest', () => {
  test('is the digest', () => {
    expect(tagOf({ kind: 'inputDigest' }, 'app', facts)).toEqual({ value: 'abc123', problems: [] });
  });

  test.each([
    [{ why: 'a file cannot be read' }, 'a file cannot be read'],
    [undefined, 'the digest of the sources is not known'],
  ])('that is unknown: the tag of sha256', (inputDigest, why) => {
    const { inputDigest: _digest, ...others } = facts;
    const given = { ...others, ...(inputDigest && { inputDigest }) };
    expect(tagOf({ kind: 'inputDigest' }, 'app', given).problems).toEqual([fallback('inputDigest', why)]);
  });
});

describe('customTemplate', () => {
  const custom = (template: string, components: Readonly<Record<string, SimplePolicy>> = {}): TagPolicy => ({
    kind: 'customTemplate',
    template,
    components: Object.entries(components).map(([name, policy]) => ({ name, policy })),
  });
  const date: SimplePolicy = { kind: 'dateTime', format: '2006-01-02', timezone: 'UTC' };
  const user: SimplePolicy = { kind: 'envTemplate', template: '{{.USER}}' };

  test.each<readonly [string, TagPolicy, string]>([
    ['nothing', custom(''), ''],
    ['text', custom('foo-bar'), 'foo-bar'],
    ['the defaults', custom('{{.GIT}}_{{.DATE}}_{{.SHA}}'), 'v1-1-g3cec6b9_2015-03-07_11-06-39.123_UTC_latest'],
    ['components', custom('{{.A}}-{{.B}}', { A: date, B: user, C: { kind: 'inputDigest' } }), '2015-03-07-dev'],
    ['components in place of the defaults', custom('{{.GIT}}-{{.SHA}}', { GIT: user, SHA: date }), 'dev-2015-03-07'],
  ])('%s', (_, policy, value) => {
    expect(tagOf(policy, 'app', facts)).toEqual({ value, problems: [] });
  });

  test('a default that is unknown is empty', () => {
    const given = { ...facts, git: { why: 'there is no Git repository' } };
    expect(tagOf(custom('a{{.GIT}}'), 'app', given)).toEqual({ value: 'a', problems: [] });
  });

  test('a component warns', () => {
    expect(tagOf(custom('{{.A}}', { A: defaultGitCommit }), 'app', called('v/2'))).toEqual({
      value: 'v_2',
      problems: [{ kind: 'replaced', policy: 'gitCommit', written: 'v/2', tag: 'v_2' }],
    });
  });

  test.each<readonly [string, TagPolicy, string]>([
    [
      'a component that is unknown',
      custom('x', { A: { ...defaultDateTime, timezone: 'foo' } }),
      'component A: there is no time zone "foo"',
    ],
    ['a name without a component', custom('{{.A}}'), 'no entry for key "A"'],
  ])('%s: the tag of sha256', (_, policy, why) => {
    expect(tagOf(policy, 'app', facts)).toEqual({ value: 'latest', problems: [fallback('customTemplate', why)] });
  });

  test.each([
    [custom('{{.A'), 'unclosed action'],
    [custom('x', { A: { kind: 'envTemplate', template: '{{.B' } }), 'component A: unclosed action'],
  ])('a template that is no template is an error', (policy, why) => {
    expect(tagOf(policy, 'app', facts)).toEqual({
      problems: [{ kind: 'invalid-template', policy: 'customTemplate', why }],
    });
  });

  test('two components of one name are an error', () => {
    const components = ['A', 'B', 'A'].map((name) => ({ name, policy: date }));
    expect(tagOf({ kind: 'customTemplate', template: '', components }, 'app', facts)).toEqual({
      problems: [{ kind: 'duplicate-component', name: 'A' }],
    });
  });

  test.each<readonly [string, TagPolicy, readonly GitVariant[], boolean, boolean]>([
    ['gitCommit', defaultGitCommit, ['Tags'], true, false],
    [
      'gitCommit that ignores changes',
      { ...defaultGitCommit, variant: 'TreeSha', ignoreChanges: true },
      ['TreeSha'],
      false,
      false,
    ],
    ['sha256', { kind: 'sha256' }, [], false, false],
    ['inputDigest', { kind: 'inputDigest' }, [], false, true],
    ['a template with GIT', custom('{{.GIT}}'), ['Tags'], true, false],
    ['a template without GIT', custom('{{.DATE}}', { A: { kind: 'inputDigest' } }), [], false, true],
    ['a component GIT', custom('{{.GIT}}', { GIT: user }), [], false, false],
    [
      'a component of gitCommit',
      custom('{{.A}}', { A: { ...defaultGitCommit, variant: 'CommitSha' } }),
      ['CommitSha'],
      true,
      false,
    ],
  ])('%s needs these facts', (_, policy, git, changes, inputDigest) => {
    expect(neededFacts(policy)).toEqual({ git: new Set(git), changes, inputDigest });
  });
});
