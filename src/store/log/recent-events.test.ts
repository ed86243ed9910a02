import { describe, expect, it } from 'vitest';
import { noted } from '../../../test/rigs/store-rig.ts';
import type { RunId } from '../../model/ids.ts';
import { entryOf, LazyPage } from './event-page.ts';
import { RecentEvents } from './recent-events.ts';

function events(from: number, to: number): LazyPage {
  const entries = Array.from({ length: to - from + 1 }, (_, index) =>
    entryOf({ ...noted(''), run: 'run' as RunId, epoch: 1, seq: from + index }),
  );
  return new LazyPage(entries, to);
}

function numbers(found: LazyPage | undefined): number[] | undefined {
  return found?.entries.map(({ seq }) => seq);
}

describe('recent events', () => {
  it('are returned as the batch with the next event', () => {
    const recent = new RecentEvents(100);
    recent.add(events(5, 6), 10);
    recent.add(events(7, 9), 10);
    expect(numbers(recent.after(4))).toEqual([5, 6]);
    expect(numbers(recent.after(5))).toEqual([5, 6]);
    expect(numbers(recent.after(6))).toEqual([7, 8, 9]);
    expect(numbers(recent.after(8))).toEqual([7, 8, 9]);
  });

  it('are not returned before the first, nor after the last', () => {
    const recent = new RecentEvents(100);
    expect(recent.after(0)).toBeUndefined();
    recent.add(events(5, 6), 10);
    expect(recent.after(3)).toBeUndefined();
    expect(recent.after(6)).toBeUndefined();
    expect(recent.after(60)).toBeUndefined();
  });

  it('are bounded: the oldest are dropped, and a batch that is too large is not cached', () => {
    const recent = new RecentEvents(100);
    recent.add(events(1, 1), 60);
    recent.add(events(2, 2), 60);
    expect(recent.after(0)).toBeUndefined();
    expect(numbers(recent.after(1))).toEqual([2]);
    recent.add(events(3, 3), 101);
    expect(recent.after(1)).toBeUndefined();
    expect(recent.after(2)).toBeUndefined();
    recent.add(events(4, 4), 1);
    expect(numbers(recent.after(3))).toEqual([4]);
  });

  it('are kept up to the limit itself', () => {
    const recent = new RecentEvents(100);
    recent.add(events(1, 1), 50);
    recent.add(events(2, 2), 50);
    expect(numbers(recent.after(0))).toEqual([1]);
    recent.add(events(3, 3), 50);
    expect(recent.after(0)).toBeUndefined();
    expect(numbers(recent.after(1))).toEqual([2]);
    // As many go as have to; one that fills the limit alone stays.
    recent.add(events(4, 4), 100);
    expect(recent.after(2)).toBeUndefined();
    expect(numbers(recent.after(3))).toEqual([4]);
  });

  it('are 4 MiB by default', () => {
    const recent = new RecentEvents();
    recent.add(events(1, 1), 4 << 20);
    expect(numbers(recent.after(0))).toEqual([1]);
    recent.add(events(2, 2), (4 << 20) + 1);
    expect(recent.after(1)).toBeUndefined();
  });

  it('have no gap: after one, those before it are forgotten', () => {
    const recent = new RecentEvents(100);
    recent.add(events(1, 2), 1);
    recent.add(events(5, 6), 1);
    expect(recent.after(1)).toBeUndefined();
    expect(numbers(recent.after(4))).toEqual([5, 6]);
  });

  it('ignore an empty append', () => {
    const recent = new RecentEvents(100);
    recent.add(new LazyPage([], 0), 0);
    expect(recent.after(0)).toBeUndefined();
  });
});
