import type { Unknown } from './tag-facts.ts';

/** A mistake in a tag policy or its result. The front end makes a diagnostic of it. */
export type TagProblem =
  /** A warning: the policy cannot make a tag now, so the one of `sha256` is used. */
  | ({ readonly kind: 'fallback'; readonly policy: string; readonly image: string } & Unknown)
  /** A warning: the tag is not what Git says. */
  | { readonly kind: 'replaced'; readonly policy: string; readonly written: string; readonly tag: string }
  | { readonly kind: 'invalid-template'; readonly policy: string; readonly why: string }
  | { readonly kind: 'duplicate-component'; readonly name: string }
  | { readonly kind: 'invalid-tag'; readonly policy: string; readonly image: string; readonly tag: string }
  /** The name in the configuration has a tag, and the policy adds another one. */
  | { readonly kind: 'two-tags'; readonly policy: string; readonly image: string; readonly tag: string }
  | { readonly kind: 'invalid-name'; readonly image: string; readonly name: string };

/** A value with warnings, or errors. */
export type Tagged =
  | { readonly value: string; readonly problems: readonly TagProblem[] }
  | { readonly value?: undefined; readonly problems: readonly TagProblem[] };
