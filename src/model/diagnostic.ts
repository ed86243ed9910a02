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
