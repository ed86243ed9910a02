import { nextTurn } from '../../src/util/next-turn.ts';

/**
 * Waits turns of the event loop until the condition holds. Works with manual clocks and fake timers, which `expect.poll`
 * waits for in vain.
 */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}
