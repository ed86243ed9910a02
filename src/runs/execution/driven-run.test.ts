/** What a driven run stores of a cancellation, for the case that its process is killed. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryRig } from '../../../test/rigs/memory-rig.ts';
import { sqliteRig } from '../../../test/rigs/sqlite-rig.ts';
import { collect, createRun, type StoreRig } from '../../../test/rigs/store-rig.ts';
import type { DriveResult } from '../../engine/run-driver.ts';
import type { RunControl } from '../../engine/run-control.ts';
import { followRequests } from '../../engine/follow-requests.ts';
import type { OwnedRun, Store } from '../../store/store.ts';
import { StoreError } from '../../store/store.ts';
import { drivenRun } from './driven-run.ts';
import { onAbort } from '../../util/abort.ts';
import { nextTurn } from '../../util/next-turn.ts';

const never = new AbortController().signal;

describe.each([
  ['in memory', memoryRig],
  ['in a folder', sqliteRig],
])('a driven run, with runs %s', (_, open: () => Promise<StoreRig>) => {
  let rig: StoreRig;
  let store: Store;
  let owned: OwnedRun;

  beforeEach(async () => {
    rig = await open();
    store = await rig.open('one');
    owned = await createRun(store);
  });

  afterEach(async () => await rig[Symbol.asyncDispose]());

  /** Carries out requests, and never ends. */
  const drive = async (control: RunControl): Promise<DriveResult> => {
    await followRequests(owned, control, () => undefined, never, 'forever');
    return await new Promise(() => undefined);
  };

  /** Returns the requests that the next owner gets. */
  async function left(): Promise<readonly object[]> {
    rig.processes.kill('one');
    const taken = await (await rig.open('two')).own(owned.id);
    if (taken.status !== 'owned') throw new Error(taken.status);
    return await collect(taken.run.requests(never, 'now'));
  }

  it('that a user cancelled stays cancelled for the next owner', async () => {
    const run = drivenRun(owned, drive, {});
    run.cancel('user');
    run.cancel('user');
    expect(await left()).toMatchObject([{ type: 'cancel', by: 'the process that drives the run' }]);
  });

  it('whose process the system ends can go on', async () => {
    drivenRun(owned, drive, {}).cancel('shutdown');
    expect(await left()).toEqual([]);
  });

  it('is left alone by a former owner that the user ends', async () => {
    const former = drivenRun(owned, drive, {});
    rig.processes.kill('one');
    const taken = await (await rig.open('two')).own(owned.id);
    if (taken.status !== 'owned') throw new Error(taken.status);
    former.cancel('user');
    await expect(owned.request({ type: 'cancel', by: 'it' })).rejects.toMatchObject({ code: 'not-owner' });
    expect(await collect(taken.run.requests(never, 'now'))).toEqual([]);
  });

  it('is cancelled also if that cannot be stored', async () => {
    let asked = false;
    const request = async () => await Promise.reject(new StoreError('disk-full', 'full'));
    const failing = { id: owned.id, number: owned.number, log: owned.log, request } as unknown as OwnedRun;
    const observed = async ({ asked: signal }: RunControl): Promise<DriveResult> =>
      await new Promise(() => onAbort(signal, () => (asked = true)));
    drivenRun(failing, observed, {}).cancel('user');
    await nextTurn();
    expect(asked).toBe(true);
  });
});
