import type { Place } from './place.ts';

/**
 * A mistake in the user's files or command line that the user can fix: the first of the three lanes of errors. All
 * diagnostics are collected before anything runs. With at least one `error` nothing runs, and the exit code is 2.
 * `info` needs no fix.
 */
export interface Diagnostic {
  /** Stable, such as `W012`: the key in the code table, for `slipway explain` and in the docs. */
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** One sentence without a full stop. */
  readonly message: string;
  readonly place?: Place;
  /** Other places that explain the mistake: the definition of a variable, the first of two equal keys. */
  readonly related?: readonly { readonly message: string; readonly place: Place }[];
  /** What to do. */
  readonly help?: string;
}

/** The result of a check. `value` is set only without errors. */
export interface Checked<T> {
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Diagnostic codes with the texts that do not depend on what was written. Each area has a table of its own, and a front
 * end registers that of its language. The meaning of a code never changes, and a retired code is never reused.
 * `docs/diagnostics.md` and `docs/diagnostics-skaffold.md` are generated from all tables.
 */
export type CodeTable = Readonly<Record<string, CodeTexts>>;

export interface CodeTexts {
  readonly severity: Diagnostic['severity'];
  /** The heading in lists of codes. */
  readonly title: string;
  /** Printed by `slipway explain` and in the docs: what is wrong, why it is an error, what to write instead. */
  readonly explanation: string;
}
