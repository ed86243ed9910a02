import type { Failure, ObjectProblemCause } from '../../model/outcome.ts';

/** Why an object is not ready, as the cluster says it about the object's pods. */
export interface Trouble {
  /** One sentence without its subject: `container web: the image cannot be pulled: …`. */
  readonly detail: string;
  readonly cause?: ObjectProblemCause;
  /** What it is for a step whose whole work is the object. Absent: a container that cannot start, for the reason of `detail`. */
  readonly failure?: Failure;
  /**
   * `never`: only a change of the objects helps. `maybe`: a later try may succeed, or somebody creates what is missing.
   */
  readonly heals: 'never' | 'maybe';
  /** How long it must last before it counts, in milliseconds: the cluster tries again at once. Default: 0. */
  readonly graceMs?: number;
  /** The container whose last output explains it. */
  readonly log?: { readonly pod: string; readonly container: string };
}

/** Returns the troubles without repetitions, those that never heal first. */
export function sortedTroubles(troubles: readonly Trouble[]): readonly Trouble[] {
  const byDetail = new Map<string, Trouble>();
  for (const trouble of [...troubles.filter(isFinal), ...troubles.filter((each) => !isFinal(each))])
    if (!byDetail.has(trouble.detail)) byDetail.set(trouble.detail, trouble);
  return [...byDetail.values()];
}

function isFinal({ heals }: Trouble): boolean {
  return heals === 'never';
}
