import { problem } from './problem.ts';
import type { RelatedPlace } from '../diagnostics/problem.ts';
import type { Span } from '../diagnostics/source-text.ts';
import type { Diagnostic } from '../model/diagnostic.ts';

/** The names that selected steps need from the operator's file. All are mapped. */
export interface OperatorNames {
  readonly secrets: readonly string[];
  readonly clusters: readonly string[];
  readonly certificates: boolean;
  /** Whether a step uses the cluster of the command line. */
  readonly commandLineCluster: boolean;
  /** The keys that Kubernetes Secrets must have. Only the cluster knows which they have. */
  readonly keys: readonly KeyUse[];
}

/** The keys that a step needs from a secret. */
export interface KeyUse {
  readonly name: string;
  /** The name of the field in messages. */
  readonly field: string;
  readonly at: Span;
  /** Any one of the sets is enough. An empty set means every key. */
  readonly keys: readonly (readonly string[])[];
}

/** Reports the missing keys of a secret that has these keys. */
export function missingKeys(
  { name, field, at, keys }: KeyUse,
  known: readonly string[],
  related: readonly RelatedPlace[] = [],
): readonly Diagnostic[] {
  const missing = keys.map((set) => set.filter((key) => !known.includes(key)));
  if (missing.some((set) => set.length === 0)) return [];
  const [first = []] = missing;
  const others = keys.slice(1);
  return first.map((key) => problem('W062', at, { field, name, key, known, others }, related));
}
