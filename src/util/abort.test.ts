import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { aborted, onAbort, orAborted } from './abort.ts';
import { Deadline } from './deadline.ts';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('onAbort', () => {
  it('calls back once, with the reason of the first signal', () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const reasons: unknown[] = [];
    onAbort([one.signal, undefined, two.signal], (reason) => reasons.push(reason));
    two.abort('two');
    one.abort('one');
    expect(reasons).toEqual(['two']);
    expect([listeners(one.signal), listeners(two.signal)]).toEqual([0, 0]);
  });

  it('calls back immediately for an aborted signal', () => {
    const reasons: unknown[] = [];
    const other = new AbortController();
    onAbort([other.signal, AbortSignal.abort('before')], (reason) => reasons.push(reason));
    expect(reasons).toEqual(['before']);
    expect(listeners(other.signal)).toBe(0);
  });

  it('does not call back once disposed', () => {
    const stop = new AbortController();
    const reasons: unknown[] = [];
    {
      using _listener = onAbort(stop.signal, (reason) => reasons.push(reason));
      expect(listeners(stop.signal)).toBe(1);
    }
    expect(listeners(stop.signal)).toBe(0);
    stop.abort('late');
    expect(reasons).toEqual([]);
  });
});

describe('a wait', () => {
  it('resolves when one of the signals is aborted', async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const waiting = aborted(one.signal, two.signal);
    two.abort();
    await waiting;
    expect(listeners(one.signal)).toBe(0);
  });

  it('ends with the promise, and leaves no listener', async () => {
    const { signal } = new AbortController();
    expect(await orAborted(Promise.resolve(7), signal)).toBe(7);
    await expect(orAborted(Promise.reject(new Error('red')), signal)).rejects.toThrow('red');
    expect(listeners(signal)).toBe(0);
  });

  it('rejects with the reason of the signal, also of one that was aborted before', async () => {
    const stop = new AbortController();
    const waiting = orAborted(new Promise(() => undefined), stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(orAborted(Promise.resolve(7), stop.signal)).rejects.toThrow('enough');
  });
});

describe('a deadline', () => {
  const late = () => new Error('late');

  /** A sleep that ends when the test says so. */
  function sleeper() {
    let wake = () => {};
    const slept: { ms: number; signal: AbortSignal }[] = [];
    const sleep = async (ms: number, signal: AbortSignal) => {
      slept.push({ ms, signal });
      await orAborted(new Promise<void>((resolve) => (wake = resolve)), signal);
    };
    return { slept, sleep, wake: () => wake() };
  }

  it('aborts when its time is over', async () => {
    const time = sleeper();
    using deadline = new Deadline(50, late, [], time);
    expect(time.slept.map(({ ms }) => ms)).toEqual([50]);
    time.wake();
    await aborted(deadline.signal);
    expect(deadline.signal.reason).toEqual(late());
  });

  it('aborts with the reason of a signal that comes first', () => {
    const stop = new AbortController();
    using deadline = new Deadline(50, late, [undefined, stop.signal], sleeper());
    stop.abort('enough');
    expect(deadline.signal.reason).toBe('enough');
  });

  it.each(['lift', 'dispose'] as const)('stops its timer: %s', (end) => {
    const time = sleeper();
    const stop = new AbortController();
    const deadline = new Deadline(50, late, [stop.signal], time);
    if (end === 'lift') deadline.lift();
    else deadline[Symbol.dispose]();
    expect(time.slept[0]?.signal.aborted).toBe(true);
    expect(listeners(stop.signal)).toBe(end === 'lift' ? 1 : 0);
    stop.abort('enough');
    expect(deadline.signal.aborted).toBe(end === 'lift');
  });

  it('without a limit starts no timer', () => {
    const time = sleeper();
    using deadline = new Deadline('never', late, [], time);
    expect(time.slept).toEqual([]);
    expect(deadline.signal.aborted).toBe(false);
  });
});
