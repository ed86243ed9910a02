/** What happens between two looks of a store at its index. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { join } from 'node:path';
import { sqliteRig } from '../../../test/rigs/sqlite-rig.ts';
import { createRun, finished, newRunId, queued, queuedRun } from '../../../test/rigs/store-rig.ts';
import type { RunId } from '../../model/ids.ts';
import type { OwnedRun, Store } from '../store.ts';
import { RunIndex } from './run-index.ts';

describe('an index', () => {
  let rig: Awaited<ReturnType<typeof sqliteRig>>;
  let store: Store;
  let other: Store;
  let index: RunIndex;

  beforeEach(async () => {
    rig = await sqliteRig();
    store = await rig.open('one');
    other = await rig.open('two');
    index = await RunIndex.open(join(rig.folder, 'state', 'index.db'));
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    index.close();
    await rig[Symbol.asyncDispose]();
  });

  async function enqueue(): Promise<RunId> {
    const { id } = await store.enqueue({ id: newRunId(), project: '/project', createdAt: 1 }, queuedRun());
    return id;
  }

  /** Lets another process have the run just before `store` takes its lease, until that process is killed. */
  function before(act: () => Promise<OwnedRun>): void {
    vi.spyOn(RunIndex.prototype, 'takeLease').mockImplementationOnce(async function (this: RunIndex, ...args) {
      await act();
      rig.processes.kill('two');
      return await this.takeLease(...args);
    });
  }

  it('keeps a run of the queue, even if it is to be removed', async () => {
    const id = await enqueue();
    const moved = vi.fn();
    expect(await index.remove(id, () => true, moved)).toBe(false);
    expect(moved).not.toHaveBeenCalled();
    expect(await index.find(id)).toMatchObject({ id, enqueued: true });
    expect(await index.remove(newRunId(), () => true, moved)).toBe(true);
  });

  it('has no lease for a run that it does not know', async () => {
    const owner = rig.processes.identity('one');
    await expect(index.takeLease(newRunId(), owner, 0, () => true)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('a run of the queue that another process has begun meanwhile is not taken', async () => {
    const id = await enqueue();
    before(async () => {
      const taken = await other.take(id);
      if (taken.status !== 'owned') throw new Error(taken.status);
      await taken.run.log.append([queued()]);
      return taken.run;
    });
    expect(await store.take(id)).toEqual({ status: 'begun' });
    expect((await store.own(id)).status).toBe('owned');
  });

  it('a run that another process has finished meanwhile is not taken over', async () => {
    const run = await createRun(store);
    await run.release();
    before(async () => {
      const taken = await other.own(run.id);
      if (taken.status !== 'owned') throw new Error(taken.status);
      await taken.run.log.append([finished()]);
      return taken.run;
    });
    expect(await store.own(run.id)).toEqual({ status: 'finished' });
    expect(await store.runs({})).toMatchObject([{ status: 'succeeded' }]);
  });
});
