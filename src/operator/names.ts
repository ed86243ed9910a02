import { problem, type RelatedPlace } from '../diagnostics/problem.ts';
import type { Span } from '../diagnostics/source-text.ts';
import type { Diagnostic } from '../model/diagnostic.ts';

/** What the selected steps ask of the operator's file; all of it is there. */
export interface OperatorNames {
  readonly secrets: readonly string[];
  readonly clusters: readonly string[];
  readonly certificates: boolean;
  /** Whether a step goes to the cluster that the command line names. */
  readonly commandLineCluster: boolean;
  /** What has to be in Secrets of Kubernetes, which only the cluster knows the keys of. */
  readonly keys: readonly KeyUse[];
}

/** The keys that a step asks of a secret. */
export interface KeyUse {
  readonly name: string;
  /** How messages call the field that names it. */
  readonly field: string;
  readonly at: Span;
  /** Of several sets any one is enough; an empty one: whatever is there. */
  readonly keys: readonly (readonly string[])[];
}

/** What is wrong with a secret that has these keys and no others. */
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
