import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryRig } from '../../../test/rigs/memory-rig.ts';
import {
  createRun,
  finished,
  planned,
  queued,
  started,
  stepStarted,
  type StoreRig,
} from '../../../test/rigs/store-rig.ts';
import type { StampedEvent } from '../../events/event.ts';
import { systemClock } from '../../model/clock.ts';
import type { RunId } from '../../model/ids.ts';
import { fakeRuntime, type FakeRuntime } from '../../runtime/fake/fake-runtime.ts';
import { labelKeys } from '../../runtime/runtime.ts';
import type { Store } from '../../store/store.ts';
import { findLeftovers } from './leftovers.ts';

const { signal } = new AbortController();
const work = {
  signal,
  clock: systemClock,
  output: { write: () => undefined, lost: () => undefined, observe: () => undefined },
};
const kept = (workload: string): StampedEvent => ({
  at: 1,
  type: 'step.observed',
  step: '1.1.1' as never,
  attempt: 1,
  fact: { type: 'workload.kept', workload },
});
const failedStep: StampedEvent = {
  at: 1,
  type: 'step.finished',
  step: '1.1.1' as never,
  attempt: 1,
  outcome: { status: 'failed', failure: { code: 'exit-nonzero', exitCode: 1 } },
};

describe('leftovers of dead runs', () => {
  let rig: StoreRig;
  let store: Store;
  let runtime: FakeRuntime;
  const abandoned: string[] = [];

  beforeEach(async () => {
    rig = await memoryRig();
    store = await rig.open('one');
    runtime = fakeRuntime({ clock: systemClock, script: () => ({ does: 'hang' }) });
    abandoned.length = 0;
  });
  afterEach(async () => await rig[Symbol.asyncDispose]());

  async function run(project: string, workload: string, ...events: StampedEvent[]): Promise<RunId> {
    const owned = await createRun(store, project);
    await owned.log.append([queued(), started(), planned(1), stepStarted(), ...events]);
    await leave(owned.id, workload);
    return owned.id;
  }

  async function leave(id: string, workload: string): Promise<void> {
    const labels = { [labelKeys.store]: store.id, [labelKeys.run]: id, [labelKeys.step]: '1.1.1' };
    await runtime.start(
      {
        name: workload,
        labels,
        lifetime: 'step',
        volumes: [],
        pull: 'never',
        containers: [{ name: 'main', image: 'i', command: ['x'], env: {}, mounts: [] }],
      },
      work,
    );
  }

  async function found(run?: RunId) {
    const provider = { kind: 'fake', connect: async () => ({ status: 'connected' as const, runtime }) };
    const other = await rig.open('two');
    return await findLeftovers(
      {
        places: [{ where: 'fake', provider, named: true }],
        elsewhere: [],
        store: other,
        abandon: async (id) => (abandoned.push(id), 'ended'),
        ...(run !== undefined && { run }),
      },
      signal,
    );
  }

  const left = () => [...runtime.state.workloads.keys()].sort();

  it('have a project, and say whether their run can be resumed', async () => {
    await run('/shop', 'slipway-a');
    await run('/api', 'slipway-b', failedStep, finished('failed'));
    rig.processes.kill('one');
    const { items } = await found();
    expect(items).toMatchObject([
      { name: 'slipway-a', number: 1, project: '/shop', interrupted: true, removable: true },
      { name: 'slipway-b', number: 1, project: '/api', interrupted: false, removable: true },
    ]);
    expect(items.map(({ reason }) => reason)).toEqual(['its run was interrupted', 'its run has ended']);
  });

  it('of one run are removed with its kept workloads, and no others', async () => {
    await run('/shop', 'slipway-a');
    const red = await run('/api', 'slipway-b', kept('slipway-b'), failedStep, finished('failed'));
    rig.processes.kill('one');
    const all = await found();
    expect(all.items.map(({ removable }) => removable)).toEqual([true, false]);
    expect(all.items[1]?.reason).toContain(`slipway doctor --clean ${red}`);
    expect((await found(red)).items).toMatchObject([{ removable: true, reason: 'it was kept with --keep-failed' }]);
    expect(await (await found(red)).clean(() => undefined)).toEqual([]);
    expect([left(), abandoned]).toEqual([['slipway-a'], []]);
  });

  it('of a named interrupted run are removed, and only that run ends', async () => {
    const shop = await run('/shop', 'slipway-a');
    await run('/api', 'slipway-b');
    rig.processes.kill('one');
    await (await found(shop)).clean(() => undefined);
    expect([left(), abandoned]).toEqual([['slipway-b'], [shop]]);
  });

  it('of a pruned run are found by its id', async () => {
    const gone = '01k9x3aaaaaaaaaaaaaaaaaaaa' as RunId;
    await leave(gone, 'slipway-old');
    await run('/shop', 'slipway-a');
    rig.processes.kill('one');
    await (await found(gone)).clean(() => undefined);
    expect([left(), abandoned]).toEqual([['slipway-a'], []]);
  });

  it('of interrupted runs stay on request', async () => {
    await run('/shop', 'slipway-a');
    await run('/api', 'slipway-b', failedStep, finished('failed'));
    rig.processes.kill('one');
    await (
      await found()
    ).clean(
      () => undefined,
      ({ interrupted }) => !interrupted,
    );
    expect([left(), abandoned]).toEqual([['slipway-a'], []]);
  });

  it('holds nothing but what commands print: no runtime, no environment', async () => {
    const ended = await run('a', 'w1', finished());
    await using looked = await found();
    expect(Object.keys(looked.items[0] ?? {}).sort()).toEqual(
      ['interrupted', 'kind', 'name', 'number', 'project', 'reason', 'removable', 'run'].sort(),
    );
    expect(looked.items[0]?.run).toBe(ended);
  });
});
