import { describe, expect, it } from 'vitest';
import { cost, TurnBudget } from './turn-budget.ts';

/** Enters with these costs in sequence. Returns the turn of the event loop in which each entered. */
async function turnsOf(costs: readonly number[]): Promise<number[]> {
  const turn = new TurnBudget();
  let now = 0;
  let done = false;
  // Registered before anything of `turn`, so that it counts a turn before the other callbacks run in it.
  const count = () => {
    now += 1;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  const entered: number[] = [];
  for (const one of costs) {
    await turn.enter(one);
    entered.push(now);
  }
  done = true;
  return entered;
}

describe('a turn', () => {
  it.each<[string, number[], number[]]>([
    ['has room for pieces of 5 ms in all', [2_000, 2_000, 1_000], [0, 0, 0]],
    ['has no room for more', [2_000, 2_000, 1_001], [0, 0, 1]],
    ['takes one that is too long by itself', [20_000, 1], [0, 1]],
    ['lets one that is too long wait for a turn of its own', [1, 20_000, 1], [0, 1, 2]],
    ['begins anew after each', [5_000, 5_000, 5_000], [0, 1, 2]],
    ['counts in the next one what came into it', [4_000, 4_000, 1_000, 1_000], [0, 1, 1, 2]],
  ])('%s', async (_, costs, turns) => {
    expect(await turnsOf(costs)).toEqual(turns);
  });

  it('is shared by those who enter at the same time', async () => {
    const turn = new TurnBudget();
    const entered: string[] = [];
    const enter = async (name: string) => {
      await turn.enter(3_000);
      entered.push(name);
    };
    const all = Promise.all([enter('a'), enter('b'), enter('c')]);
    for (let i = 0; i < 5; i++) await Promise.resolve();
    expect(entered).toEqual(['a']);
    await all;
    expect(entered.toSorted()).toEqual(['a', 'b', 'c']);
  });
});

it('costs at least a microsecond for an event, and a full batch of output fits into one turn', () => {
  expect(cost.append(500, 0)).toBeGreaterThan(500);
  expect(cost.handOverEvents(500)).toBeGreaterThan(500);
  expect(cost.append(0, 256 << 10)).toBeGreaterThan(cost.append(0, 0));
  expect(cost.append(0, 256 << 10)).toBeLessThan(5_000);
});
