import { describe, expect, test } from 'vitest';
import type { ContainerStatus } from './running-container.ts';
import { StatusFeed } from './status-feed.ts';
import { nextTurn } from '../util/next-turn.ts';

const { signal } = new AbortController();
const status = (restarts: number, phase: 'running' | 'gone' = 'running'): ContainerStatus => ({
  state: { phase },
  restarts,
  ready: true,
  image: 'i',
});
const all = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
};
/** Lets waiting readers run. */
const turn = async () => await nextTurn();

describe('a feed', () => {
  test('yields each change once, and the last one is `gone`', async () => {
    const feed = new StatusFeed(status(0), signal);
    const reading = all(feed.statuses(signal));
    await turn();
    feed.set(status(0));
    await turn();
    feed.set(status(1));
    await turn();
    feed.setGone();
    feed.set(status(2));
    expect((await reading).map(({ restarts, state, ready }) => [restarts, state.phase, ready])).toEqual([
      [0, 'running', true],
      [1, 'running', true],
      [1, 'gone', false],
    ]);
  });

  test('yields restarts from the call on; several at once are one', async () => {
    const feed = new StatusFeed(status(2), signal);
    const restarts = feed.restarted(signal);
    feed.set(status(3));
    feed.set(status(5));
    const reading = all(restarts);
    await turn();
    feed.set({ ...status(5), ready: false });
    await turn();
    feed.set(status(6));
    await turn();
    feed.setGone();
    expect((await reading).map((each) => each.restarts)).toEqual([5, 6]);
  });

  test('restarts before the call are none', async () => {
    const feed = new StatusFeed(status(2), signal);
    const reading = all(feed.restarted(signal));
    await turn();
    feed.set({ ...status(2), ready: false });
    await turn();
    feed.setGone();
    expect(await reading).toEqual([]);
  });

  test('a restart that is known when the watch ends is still yielded', async () => {
    const watching = new AbortController();
    const feed = new StatusFeed(status(0), watching.signal);
    const restarts = feed.restarted(signal);
    feed.set(status(1));
    watching.abort();
    expect((await all(restarts)).map((each) => each.restarts)).toEqual([1]);
  });

  test.each(['its own signal', 'the watch'])('waits end with %s', async (which) => {
    const [own, watching] = [new AbortController(), new AbortController()];
    const feed = new StatusFeed(status(0), watching.signal);
    const reading = Promise.all([
      all(feed.statuses(own.signal)),
      all(feed.restarted(own.signal)),
      feed.changed(feed.status, own.signal),
    ]);
    await turn();
    (which === 'the watch' ? watching : own).abort();
    expect((await reading).slice(0, 2)).toEqual([[status(0)], []]);
  });
});
