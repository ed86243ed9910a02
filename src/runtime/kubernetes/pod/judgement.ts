/** The result of judging a pod: settled, or check again, at the latest after this time. */
export type Judgement<T> = { readonly settled: T } | { readonly recheckInMs?: number };

/** No decision yet, and no time at which to check again. */
export const undecided = {} as const;

/** Returns the first settled judgement, in this order; otherwise the earliest time to check again. */
export function firstSettled<T>(...judgements: readonly Judgement<T>[]): Judgement<T> {
  const settled = judgements.find((judgement) => 'settled' in judgement);
  if (settled !== undefined) return settled;
  const waits = judgements.flatMap((judgement) =>
    'recheckInMs' in judgement && judgement.recheckInMs !== undefined ? [judgement.recheckInMs] : [],
  );
  return waits.length === 0 ? undecided : { recheckInMs: Math.min(...waits) };
}

/** Settles with the value at a time, unless something happens before. */
export function settledAt<T>(at: number, now: number, value: () => T): Judgement<T> {
  return now >= at ? { settled: value() } : { recheckInMs: at - now };
}

export function mapSettled<T, U>(judgement: Judgement<T>, change: (value: T) => U): Judgement<U> {
  return 'settled' in judgement ? { settled: change(judgement.settled) } : judgement;
}

/** Returns the judgement, checked again early enough for another judgement too. */
export function recheckedFor<T>(judgement: Judgement<T>, other: Judgement<unknown>): Judgement<T> {
  if ('settled' in judgement || 'settled' in other) return judgement;
  return firstSettled<T>(judgement, other);
}
