import type { Judgement } from './pod-news.ts';

/** Nothing yet, and nothing that only time would tell. */
export const undecided = {} as const;

/** The first that has settled, in this order; else when to look again at the earliest. */
export function firstSettled<T>(...judgements: readonly Judgement<T>[]): Judgement<T> {
  const settled = judgements.find((judgement) => 'settled' in judgement);
  if (settled !== undefined) return settled;
  const waits = judgements.flatMap((judgement) =>
    'lookAgainInMs' in judgement && judgement.lookAgainInMs !== undefined ? [judgement.lookAgainInMs] : [],
  );
  return waits.length === 0 ? undecided : { lookAgainInMs: Math.min(...waits) };
}

/** What becomes true unless something happens until then. */
export function settledAt<T>(at: number, now: number, value: () => T): Judgement<T> {
  return now >= at ? { settled: value() } : { lookAgainInMs: at - now };
}

export function mapSettled<T, U>(judgement: Judgement<T>, change: (value: T) => U): Judgement<U> {
  return 'settled' in judgement ? { settled: change(judgement.settled) } : judgement;
}

/** The judgement, looked at again in time for another one too. */
export function lookingAgainFor<T>(judgement: Judgement<T>, other: Judgement<unknown>): Judgement<T> {
  if ('settled' in judgement || 'settled' in other) return judgement;
  return firstSettled<T>(judgement, other);
}
