import { splitImageName } from '../../util/image-grammar.ts';
import { formatGoTime } from './go-time-layout.ts';
import { localTime } from './local-time.ts';
import type { TagFacts, Unknown } from './tag-facts.ts';
import {
  defaultDateTime,
  defaultGitCommit,
  type GitCommitPolicy,
  type SimplePolicy,
  type TagPolicy,
} from './tag-policy.ts';
import type { TagProblem, Tagged } from './tag-problem.ts';

/**
 * Makes the tag of an image. An empty tag means that the name already has one. If a policy cannot make a tag now, its
 * tag is that of `sha256`, with a warning. That is what Skaffold does.
 * @param image the name in the configuration
 */
export function tagOf(policy: TagPolicy, image: string, facts: TagFacts): Tagged {
  const duplicate = duplicateComponent(policy);
  if (duplicate !== undefined) return { problems: [{ kind: 'duplicate-component', name: duplicate }] };
  const made = policy.kind === 'customTemplate' ? customTag(policy, image, facts) : simpleTag(policy, image, facts);
  if ('tag' in made) return { value: made.tag, problems: made.problems };
  if (made.invalid) return { problems: [{ kind: 'invalid-template', policy: policy.kind, why: made.why }] };
  const { why, noFolder } = made;
  const fallback: TagProblem = { kind: 'fallback', policy: policy.kind, image, why, ...(noFolder && { noFolder }) };
  return { value: sha256Tag(image), problems: [fallback] };
}

type Made =
  { readonly tag: string; readonly problems: readonly TagProblem[] } | (Unknown & { readonly invalid?: true });

function simpleTag(policy: SimplePolicy, image: string, facts: TagFacts): Made {
  switch (policy.kind) {
    case 'gitCommit':
      return gitCommitTag(policy, facts);
    case 'sha256':
      return { tag: sha256Tag(image), problems: [] };
    case 'envTemplate':
      return evaluated(facts, policy.template, { ...defined(facts.environment), IMAGE_NAME: image });
    case 'dateTime': {
      const { format, timezone } = withDefaults(policy);
      const time = localTime(facts.now, timezone, facts.zones);
      return time === undefined
        ? { why: `there is no time zone "${timezone}"` }
        : { tag: formatGoTime(format, time), problems: [] };
    }
    case 'inputDigest': {
      const { inputDigest = { why: 'the digest of the sources is not known' } } = facts;
      return typeof inputDigest === 'string' ? { tag: inputDigest, problems: [] } : inputDigest;
    }
  }
}

/** Components may be used by their names. Those without are the defaults `GIT`, `DATE` and `SHA`. */
function customTag(policy: Extract<TagPolicy, { kind: 'customTemplate' }>, image: string, facts: TagFacts): Made {
  // A component may have any name, `__proto__` too.
  const values = Object.create(null) as Record<string, string>;
  const problems: TagProblem[] = [];
  const defaults: Readonly<Record<string, SimplePolicy>> = {
    GIT: defaultGitCommit,
    DATE: defaultDateTime,
    SHA: { kind: 'sha256' },
  };
  for (const [name, each] of Object.entries(defaults)) {
    const made = simpleTag(each, image, facts);
    // A default that fails is empty: the template need not use it.
    values[name] = 'tag' in made ? made.tag : '';
  }
  for (const { name, policy: each } of policy.components) {
    const made = simpleTag(each, image, facts);
    if (!('tag' in made)) return { ...made, why: `component ${name}: ${made.why}` };
    values[name] = made.tag;
    problems.push(...made.problems);
  }
  const made = evaluated(facts, policy.template, values);
  return 'tag' in made ? { tag: made.tag, problems } : made;
}

function gitCommitTag({ variant, prefix, ignoreChanges }: GitCommitPolicy, { git }: TagFacts): Made {
  if (git === undefined || 'why' in git) return git ?? { why: 'nothing is known of a Git repository' };
  const written = git.names.get(variant) ?? { why: `Git was not asked for ${variant}` };
  if (typeof written !== 'string') return written;
  const changed: boolean | Unknown = ignoreChanges
    ? false
    : (git.changed ?? { why: 'Git was not asked for changed files' });
  if (typeof changed !== 'boolean') return changed;
  const name = sanitizedTag(written);
  return {
    tag: `${prefix}${name}${changed ? '-dirty' : ''}`,
    problems: name === written ? [] : [{ kind: 'replaced', policy: 'gitCommit', written, tag: name }],
  };
}

const longestTag = 128;

/** Replaces what a tag must not have by `_`, also a point or dash at its start. Cuts at 128 characters. */
function sanitizedTag(written: string): string {
  return written
    .replaceAll(/[^\w.-]/g, '_')
    .replace(/^[-.]+/, (found) => '_'.repeat(found.length))
    .slice(0, longestTag);
}

/** `latest`, unless the name has a tag. */
function sha256Tag(image: string): string {
  return splitImageName(image).tag === undefined ? 'latest' : '';
}

function withDefaults({ format, timezone }: Extract<TagPolicy, { kind: 'dateTime' }>) {
  return {
    format: format === '' ? defaultDateTime.format : format,
    timezone: timezone === '' ? defaultDateTime.timezone : timezone,
  };
}

function evaluated({ evaluate }: TagFacts, template: string, values: Readonly<Record<string, string>>): Made {
  const result = evaluate(template, values);
  if ('text' in result) return { tag: result.text, problems: [] };
  return { why: result.problem, ...(result.invalid && { invalid: true }) };
}

function duplicateComponent(policy: TagPolicy): string | undefined {
  if (policy.kind !== 'customTemplate') return undefined;
  const names = policy.components.map(({ name }) => name);
  return names.find((name, i) => names.indexOf(name) !== i);
}

function defined(environment: TagFacts['environment']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
