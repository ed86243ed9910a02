/** One of those that are compared. */
export interface Contender {
  readonly name: string;
  /**
   * Does it once; the result counts instead of the time that it took, where there is one (in the unit of the table).
   */
  once(round: number): Promise<number | void>;
  /** As many times the peer's figure as it may take, for the table only. */
  readonly goal?: number;
}

export interface Measured {
  readonly name: string;
  readonly values: readonly number[];
  readonly goal?: number;
}

/**
 * A B A B: every round does each of them once, so that what else the machine does falls on all of them alike.
 * @param warmUps rounds that do not count
 */
export async function inRounds(contenders: readonly Contender[], rounds: number, warmUps = 1): Promise<Measured[]> {
  const values = contenders.map((): number[] => []);
  for (let round = -warmUps; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const before = performance.now();
      const own = await contender.once(round);
      const value = own ?? performance.now() - before;
      if (round >= 0) values[i]!.push(value);
    }
  }
  return contenders.map(({ name, goal }, i) => ({ name, values: values[i]!, ...(goal !== undefined && { goal }) }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Nearest rank. @param part 0 to 1 */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)]!;
}

/** The median of what one took in each round by what the peer took in the same round. */
export function medianRatio(values: readonly number[], peer: readonly number[]): number {
  return median(values.map((value, i) => value / peer[i]!));
}
