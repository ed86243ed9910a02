/** What a run says that it is busy with, while none of its steps runs. */
import { expect, it } from 'vitest';
import { ManualClock } from '../../test/rigs/manual-clock.ts';
import type { WorkloadRef } from '../runtime/runtime.ts';
import type { OwnedRun } from '../store/store.ts';
import { drivenRun, type CrewHolder } from './driven-run.ts';
import { equipped, type Equipping } from './equipped.ts';
import type { Workshop } from './workshop.ts';

it('is busy with removing workspaces until they are gone', async () => {
  const clock = new ManualClock();
  let removed: () => void = () => undefined;
  const removing = new Promise<void>((resolve) => (removed = resolve));
  const left = ['one', 'two'].map((name) => ({ name }) as WorkloadRef);
  const crew = { leftBehind: () => left, settled: async () => await removing, close: async () => undefined };
  const workshop = { parts: { clock }, crew: async () => crew } as unknown as Workshop;
  const holder: CrewHolder = {};
  const held = { secrets: {}, mask: {}, provisions: {} };
  const settings = { pull: 'never', keepFailed: false };
  const equipping = { held, settings, runtime: { kind: 'host' }, snapshot: {}, notes: [] } as unknown as Equipping;
  const ready = (await equipped(workshop, equipping, holder)).crew;
  let end: () => void = () => undefined;
  const driving = new Promise<never>((resolve) => (end = resolve as () => void));
  const run = drivenRun({} as OwnedRun, async () => await driving, holder);
  expect(run.activity()).toBeUndefined();
  const settled = ready.settled();
  expect(run.activity()).toEqual({ type: 'removing', since: clock.now(), workspaces: 2 });
  left.pop();
  expect(run.activity()).toMatchObject({ workspaces: 1 });
  removed();
  await settled;
  expect(run.activity()).toBeUndefined();
  end();
  await run.done;
});
