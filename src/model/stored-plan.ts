/**
 * The form of a plan in the log: every text as it is written, with a reference in place of each secret.
 * `secrets/stored-plan.ts` makes it and restores the plan from it. `shown-plan.ts` shows it to people.
 */
import type { PlannedStage, PlannedStep, StepSpec, UsedVariable } from './plan.ts';

/** A text exactly as it is written, cut at its secrets. */
export type StoredText = string | { readonly parts: readonly StoredPart[] };

export type StoredPart = string | SecretReference | LostText;

/** A text that cannot be restored, masked. A step with such a text is never run again. */
export interface LostText {
  readonly lost: string;
}

/** Stands for a secret in the form in which it was written. The secret's value gives the text again. */
export interface SecretReference {
  /** The name of an input; with `key`, the name of one of the operator's secrets. */
  readonly secret: string;
  readonly key?: string;
  /** Index of a password within a Docker configuration (`secrets/login-secrets.ts`). Absent: the value itself. */
  readonly login?: number;
  /** Absent: the whole value. */
  readonly of?: SecretPart;
  /** The UTF-16 units from, and up to but without, of that part: a piece of a long one. */
  readonly range?: readonly [from: number, to: number];
  /** Absent: as it is. */
  readonly as?: TextForm | Base64Form;
  /** The UTF-16 units from, and up to but without, of the form: the rest is covered by another reference. */
  readonly cut?: readonly [from: number, to: number];
}

/** `lf`: with line ends of one character each. `line` counts from 0; a line is trimmed. */
export type SecretPart = 'trimmed' | 'lf' | 'lf-trimmed' | { readonly line: number };

/** Which characters a URL encoder leaves as they are: see `secrets/secret-forms.ts`. */
export type UrlForm = 'url' | 'url-strict' | 'url-whole' | 'url-user' | 'url-form' | 'url-query' | 'url-all';

export type TextForm = UrlForm | `${UrlForm}-lower` | 'json' | 'json-slash' | 'json-ascii' | 'json-html' | 'crlf';

/** How `+` and `/` are spelled. */
export type Base64Spelling = 'standard' | 'url' | 'percent' | 'percent-lower' | 'json';

/** The characters of something longer in base64 that have bits of the secret in them. */
export interface Base64Form {
  readonly base64: Base64Spelling;
  /** Bytes before the secret, modulo 3. */
  readonly align: 0 | 1 | 2;
  /** Bits of the first character that belong to the byte before the secret. */
  readonly head: number;
  /** Bits of the last character that belong to the byte after it. */
  readonly tail: number;
  /** Line ends within: each stands before the character of this index. */
  readonly gaps?: readonly (readonly [at: number, text: string])[];
}

export interface StoredStage extends Omit<PlannedStage, 'steps'> {
  readonly steps: readonly StoredStep[];
}

/** Not to be run: what runs is restored from it. */
export interface StoredStep extends Omit<PlannedStep, 'spec' | 'artifacts' | 'cache'> {
  readonly artifacts: readonly StoredText[];
  readonly cache: readonly StoredText[];
  readonly spec: StoredSpec;
}

/** The fields of the step's kind, each text stored. Its kind is no text of the user's. */
export type StoredSpec = StepSpec;

/** A value; as JSON where it is no text but has the text of a secret in it, such as a number. */
export type StoredValue = StoredText | number | boolean | null | { readonly json: StoredText };

export type StoredVariable =
  | Extract<UsedVariable, { readonly secretHash: string }>
  | { readonly name: string; readonly source: string; readonly value: StoredValue; readonly text?: StoredText }
  /** A part that is a secret by the variable's own words is `{ secret }`, as in `UsedVariable`. */
  | {
      readonly name: string;
      readonly source: string;
      readonly parts: readonly (StoredText | { readonly secret: string })[];
    };

export interface StoredPlan {
  readonly stages: readonly StoredStage[];
  readonly variables: readonly StoredVariable[];
}

export function isParts(value: unknown): value is Exclude<StoredText, string> {
  return typeof value === 'object' && value !== null && 'parts' in value && Array.isArray(value.parts);
}
