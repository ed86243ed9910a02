import type { Place } from './place.ts';

export interface VariableScope {
  /** By name. */
  readonly variables: readonly ListedVariable[];
  /** Bytes with their variables filled in, as they come; told of names that stay as they are written, each once. */
  substitute(
    source: AsyncIterable<Uint8Array>,
    left: (name: string, because: LeftBecause) => void,
  ): AsyncIterable<Uint8Array>;
}

/**
 * `secret`: nothing that is a secret is printed. `unfit`: the variables in its value need each other, or make it too
 * large.
 */
export type LeftBecause = 'undefined' | 'secret' | 'unfit';

/** A variable as people may see it. */
export interface ListedVariable extends VariableDefinition {
  /** With the variables in it filled in, secrets as `***`; absent where they need each other or make it too large. */
  readonly text?: string;
  /** It is a secret, or has one in it. */
  readonly secret: boolean;
  /** Names in its value that nothing defines. */
  readonly missing: readonly string[];
  /** Definitions of the same name that it hides, the strongest first. */
  readonly hides: readonly VariableDefinition[];
}

export interface VariableDefinition {
  readonly name: string;
  /** As it is written, with its type; `***` of a secret. */
  readonly value: string | number | boolean | null;
  /** For people: `--input`, `environment prod`, `WHARF_VAR_TAG`, `.wharf-vars.yml`, `Git`. */
  readonly source: string;
  readonly place?: Place;
}
