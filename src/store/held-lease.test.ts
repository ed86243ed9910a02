import { expect, it } from 'vitest';
import type { RunId } from '../model/ids.ts';
import { HeldLease } from './held-lease.ts';
import type { Lease } from './lease.ts';

const owner = { host: 'h', bootId: 'b', pidNamespace: 'n', pid: 1, startTime: '1' };
const stored = (epoch: number): Lease => ({ owner, epoch, heartbeat: 0, released: false });

function held(read: () => Lease | undefined) {
  let now = 1_000_000;
  const lease = new HeldLease({ run: 'run' as RunId, epoch: 2, heartbeat: now, now: () => now, read });
  return { lease, pass: (ms: number) => void (now += ms), now: () => now };
}

const unreadable = (): never => {
  throw new Error('disk I/O error');
};

it.each<[string, () => Lease | undefined, boolean]>([
  ['its own epoch', () => stored(2), true],
  ['a later epoch', () => stored(3), false],
  ['no run', () => undefined, false],
  ['nothing, just after a heartbeat', unreadable, true],
])('a lease that finds %s', (_, read, confirmed) => {
  const { lease } = held(read);
  if (confirmed) lease.confirm();
  else expect(() => lease.confirm()).toThrow(expect.objectContaining({ code: 'not-owner' }) as Error);
  expect(lease.lost.aborted).toBe(!confirmed);
});

it('an unreadable lease counts until others may take it', () => {
  const { lease, pass, now } = held(unreadable);
  pass(49_000);
  lease.confirm();
  lease.renewed(now());
  pass(49_000);
  lease.confirm();
  pass(2_000);
  expect(() => lease.confirm()).toThrow('no longer owned');
});

it('an unreadable lease does not count after the clock was set back', () => {
  const { lease, pass } = held(unreadable);
  pass(-1);
  expect(() => lease.confirm()).toThrow('no longer owned');
});

it('a lost lease stays lost', () => {
  let epoch = 3;
  const { lease } = held(() => stored(epoch));
  expect(() => lease.confirm()).toThrow('epoch 3');
  epoch = 2;
  expect(() => lease.confirm()).toThrow('epoch 3');
});

it('a lease that was released is no longer held, but not lost', () => {
  const { lease } = held(() => stored(2));
  lease.release();
  expect(() => lease.confirm()).toThrow(expect.objectContaining({ code: 'not-owner' }) as Error);
  expect(() => lease.confirm()).toThrow('has released run run');
  expect(lease.lost.aborted).toBe(false);
});

it('tells who lost it, and to whom, once', () => {
  const { lease } = held(() => stored(2));
  const error = lease.lose(7);
  expect(error).toMatchObject({ code: 'not-owner' });
  expect(error.message).toContain('epoch 7; this one has 2');
  expect(lease.lost.reason).toBe(error);
  expect(lease.lose()).toBe(error);
});

it('a heartbeat that was stored makes a lease that cannot be read count again', () => {
  const { lease, pass, now } = held(unreadable);
  pass(60_000);
  lease.renewed(now());
  lease.confirm();
  expect(lease.lost.aborted).toBe(false);
});
