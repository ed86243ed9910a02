import type { Place } from './place.ts';

export interface VariableScope {
  /** Sorted by name. */
  readonly variables: readonly ListedVariable[];
  /** Substitutes the variables in a stream of bytes. Reports each name that stays as it is once. */
  substitute(
    source: AsyncIterable<Uint8Array>,
    left: (name: string, because: LeftBecause) => void,
  ): AsyncIterable<Uint8Array>;
}

/** `secret`: secrets are never printed. `unfit`: the value has a circular reference or is too large. */
export type LeftBecause = 'undefined' | 'secret' | 'unfit';

/** A variable as people may see it. */
export interface ListedVariable extends VariableDefinition {
  /** The value after substitution, with secrets as `***`. Absent if it has a circular reference or is too large. */
  readonly text?: string;
  /** Whether it is a secret or contains one. */
  readonly secret: boolean;
  /** The undefined names in its value. */
  readonly missing: readonly string[];
  /** The definitions of the same name that it overrides, strongest first. */
  readonly hides: readonly VariableDefinition[];
}

export interface VariableDefinition {
  readonly name: string;
  /** The value as written, with its type. `***` for a secret. */
  readonly value: string | number | boolean | null;
  /** For people: `--input`, `environment prod`, `WHARF_VAR_TAG`, `.wharf-vars.yml`, `Git`. */
  readonly source: string;
  readonly place?: Place;
}
