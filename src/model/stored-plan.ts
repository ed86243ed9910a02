/**
 * A plan as the log stores it: every text as written, with a reference in place of each secret.
 * `secrets/stored-plan.ts` creates it and restores the plan. `shown-plan.ts` formats it for people.
 */
import type { PlannedStage, PlannedStep, StepSpec, UsedVariable } from './plan.ts';

/** A text exactly as written, split at its secrets. */
export type StoredText = string | { readonly parts: readonly StoredPart[] };

export type StoredPart = string | SecretReference | LostText;

/** A masked text that cannot be restored. A step with such a text never runs again. */
export interface LostText {
  readonly lost: string;
}

/** Refers to a secret in the form in which it was written. The text can be restored from the secret's value. */
export interface SecretReference {
  /** The name of an input. With `key`, the name of an operator's secret. */
  readonly secret: string;
  readonly key?: string;
  /** The index of a password in a Docker configuration (`secrets/login-secrets.ts`). Absent: the value itself. */
  readonly login?: number;
  /** Absent: the whole value. */
  readonly of?: SecretPart;
  /** The range of that part in UTF-16 units, for a piece of a long one. `to` is exclusive. */
  readonly range?: readonly [from: number, to: number];
  /** Absent: unchanged. */
  readonly as?: TextForm | Base64Form;
  /** The range of the form in UTF-16 units. `to` is exclusive. Another reference covers the rest. */
  readonly cut?: readonly [from: number, to: number];
}

/** `lf`: every line end is one character. `line` counts from 0, and the line is trimmed. */
export type SecretPart = 'trimmed' | 'lf' | 'lf-trimmed' | { readonly line: number };

/** Which characters a URL encoder leaves unchanged. See `secrets/secret-forms.ts`. */
export type UrlForm = 'url' | 'url-strict' | 'url-whole' | 'url-user' | 'url-form' | 'url-query' | 'url-all';

export type TextForm = UrlForm | `${UrlForm}-lower` | 'json' | 'json-slash' | 'json-ascii' | 'json-html' | 'crlf';

/** How `+` and `/` are encoded. */
export type Base64Spelling = 'standard' | 'url' | 'percent' | 'percent-lower' | 'json';

/** The base64 characters of a longer text that contain bits of the secret. */
export interface Base64Form {
  readonly base64: Base64Spelling;
  /** The number of bytes before the secret, modulo 3. */
  readonly align: 0 | 1 | 2;
  /** How many bits of the first character belong to the byte before the secret. */
  readonly head: number;
  /** How many bits of the last character belong to the byte after it. */
  readonly tail: number;
  /** The `=` after it, as written. Absent if there are none, and in older logs, which have them as plain text. */
  readonly padding?: string;
  /** The line ends inside. Each precedes the character with this index. */
  readonly gaps?: readonly (readonly [at: number, text: string])[];
}

export interface StoredStage extends Omit<PlannedStage, 'steps'> {
  readonly steps: readonly StoredStep[];
}

/** Must not be run. The step that runs is restored from it. */
export interface StoredStep extends Omit<PlannedStep, 'spec' | 'artifacts' | 'cache'> {
  readonly artifacts: readonly StoredText[];
  readonly cache: readonly StoredText[];
  readonly spec: StoredSpec;
}

/** The fields of the step's kind, with each text stored. Its kind is not a text of the user. */
export type StoredSpec = StepSpec;

/** A value. If it is not a text but its text contains a secret, such as in a number, it is stored as JSON. */
export type StoredValue = StoredText | number | boolean | null | { readonly json: StoredText };

export type StoredVariable =
  | Extract<UsedVariable, { readonly secretHash: string }>
  | { readonly name: string; readonly source: string; readonly value: StoredValue; readonly text?: StoredText }
  /** A part that the variable itself marks as secret is `{ secret }`, as in `UsedVariable`. */
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
