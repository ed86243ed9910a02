import type { Place } from './place.ts';

/**
 * The first of the three lanes of errors: something that the user wrote is wrong, and the user can mend it. All of them
 * are collected before anything runs; with at least one of severity `error` nothing does, and the exit code is 2.
 * `info` is nothing to mend, only good to know.
 */
export interface Diagnostic {
  /** Stable, such as `W012`: the key of the code table, of `slipway explain` and of the docs. */
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** One sentence in the user's own words, without a full stop. */
  readonly message: string;
  readonly place?: Place;
  /** Other places that explain it: where a variable is defined, the first of two equal keys. */
  readonly related?: readonly { readonly message: string; readonly place: Place }[];
  /** What to do about it. */
  readonly help?: string;
}

/** What a check returns: the value is there only if no diagnostic is an error. */
export interface Checked<T> {
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}
