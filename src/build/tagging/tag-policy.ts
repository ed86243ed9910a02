/** How images get their tags: the tag policies of Skaffold. */

export type TagPolicy = SimplePolicy | CustomTemplatePolicy;

/** The policies that can be a component of `customTemplate`. */
export type SimplePolicy =
  | GitCommitPolicy
  | { readonly kind: 'sha256' }
  | { readonly kind: 'envTemplate'; readonly template: string }
  | DateTimePolicy
  | { readonly kind: 'inputDigest' };

export interface GitCommitPolicy {
  readonly kind: 'gitCommit';
  readonly variant: GitVariant;
  readonly prefix: string;
  /** Whether a changed work tree gets the same tag as its commit. */
  readonly ignoreChanges: boolean;
}

export const gitVariants = ['Tags', 'CommitSha', 'AbbrevCommitSha', 'TreeSha', 'AbbrevTreeSha'] as const;

export type GitVariant = (typeof gitVariants)[number];

export interface DateTimePolicy {
  readonly kind: 'dateTime';
  /** A layout of Go. */
  readonly format: string;
  /** A name of the IANA time zone database, `UTC` or `Local`. */
  readonly timezone: string;
}

export interface CustomTemplatePolicy {
  readonly kind: 'customTemplate';
  readonly template: string;
  readonly components: readonly { readonly name: string; readonly policy: SimplePolicy }[];
}

export const defaultGitCommit: GitCommitPolicy = {
  kind: 'gitCommit',
  variant: 'Tags',
  prefix: '',
  ignoreChanges: false,
};

export const defaultDateTime: DateTimePolicy = {
  kind: 'dateTime',
  format: '2006-01-02_15-04-05.999_MST',
  timezone: 'Local',
};

/** Returns the variant that is meant: case does not matter, and nothing means `Tags`. */
export function gitVariant(written: string): GitVariant | undefined {
  return written === '' ? 'Tags' : gitVariants.find((each) => each.toLowerCase() === written.toLowerCase());
}

/** What a policy needs to be known. */
export interface NeededFacts {
  readonly git: ReadonlySet<GitVariant>;
  /** Whether changes of the work tree matter. */
  readonly changes: boolean;
  readonly inputDigest: boolean;
}

/** Returns what to find out before `tagOf`. */
export function neededFacts(policy: TagPolicy): NeededFacts {
  const parts = partsOf(policy);
  const commits = parts.filter((part) => part.kind === 'gitCommit');
  return {
    git: new Set(commits.map(({ variant }) => variant)),
    changes: commits.some(({ ignoreChanges }) => !ignoreChanges),
    inputDigest: parts.some(({ kind }) => kind === 'inputDigest'),
  };
}

function partsOf(policy: TagPolicy): readonly SimplePolicy[] {
  if (policy.kind !== 'customTemplate') return [policy];
  const own = policy.components.map((each) => each.policy);
  const named = policy.components.some(({ name }) => name === 'GIT');
  return named || !policy.template.includes('GIT') ? own : [...own, defaultGitCommit];
}
