import type { GitVariant } from './tag-policy.ts';

/** Everything that tags are made of. */
export interface TagFacts {
  /** Absent if the policy does not need it (`neededFacts`). */
  readonly git?: GitFacts | Unknown;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly zones: TimeZones;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly evaluate: EvaluateTemplate;
  /** The hash of the artifact's sources, as hexadecimal digits. Absent if the policy does not need it. */
  readonly inputDigest?: string | Unknown;
}

/** Why a fact is not known. */
export interface Unknown {
  /** Words that follow "because": `there is no Git repository`. */
  readonly why: string;
  /** The folder of the artifact does not exist. */
  readonly noFolder?: true;
}

/** The commit of a folder. Absent fields were not asked for. */
export interface GitFacts {
  /**
   * What the commit is called, as Git prints it: for `Tags` as `git describe --tags --always` does. For trees, that
   * of the folder.
   */
  readonly names: ReadonlyMap<GitVariant, string | Unknown>;
  /** Whether something below the folder differs from the commit, new files included. */
  readonly changed?: boolean | Unknown;
}

export interface TimeZones {
  /** The name of this machine's time zone in the IANA database. */
  readonly local: string;
  /**
   * Returns the rule of a time zone that holds now, as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`. `undefined` if
   * this machine has no time zone database.
   */
  rule(zone: string): string | undefined;
}

/** Evaluates a template of Go. Names without a value are problems. `invalid`: no values can help. */
export type EvaluateTemplate = (
  template: string,
  values: Readonly<Record<string, string>>,
) => { readonly text: string } | { readonly problem: string; readonly invalid?: true };
