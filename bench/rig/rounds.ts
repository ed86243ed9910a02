/** One of the compared candidates. */
export interface Contender {
  readonly name: string;
  /** Runs once. A returned number replaces the elapsed time, in the unit of the table. */
  once(round: number): Promise<number | void>;
  /** The goal as a multiple of the peer's figure, shown in the table. */
  readonly goal?: number;
}

export interface Measured {
  readonly name: string;
  readonly values: readonly number[];
  readonly goal?: number;
}

/**
 * Measures A B A B: every round runs each contender once, so that other load affects all of them alike.
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

/**
 * Returns the percentile by nearest rank.
 * @param part 0 to 1
 */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)]!;
}

/** Returns the median of the ratios to the peer within each round. */
export function medianRatio(values: readonly number[], peer: readonly number[]): number {
  return median(values.map((value, i) => value / peer[i]!));
}
