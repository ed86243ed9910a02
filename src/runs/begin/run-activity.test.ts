/** The activity of a run while none of its steps runs. */
import { expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import type { WorkloadRef } from '../../runtime/runtime.ts';
import type { OwnedRun } from '../../store/store.ts';
import { drivenRun, type ExecutorHolder } from '../execution/driven-run.ts';
import { showRemoval } from '../execution/prepare-execution.ts';
import type { RunExecutor } from '../execution/step-executor.ts';

it('reports the removal of workspaces until they are gone', async () => {
  const clock = new ManualClock();
  let removed: () => void = () => undefined;
  const removing = new Promise<void>((resolve) => (removed = resolve));
  const left = ['one', 'two'].map((name) => ({ name }) as WorkloadRef);
  const settled = async () => (await removing, []);
  const executor = { leftBehind: () => left, settled, close: async () => undefined } as unknown as RunExecutor;
  const holder: ExecutorHolder = {};
  const shown = showRemoval(executor, clock, holder);
  let end: () => void = () => undefined;
  const driving = new Promise<never>((resolve) => (end = resolve as () => void));
  const run = drivenRun({} as OwnedRun, async () => await driving, holder);
  expect(run.activity()).toBeUndefined();
  const done = shown.settled();
  expect(run.activity()).toEqual({ type: 'removing', since: clock.now(), workspaces: 2 });
  left.pop();
  expect(run.activity()).toMatchObject({ workspaces: 1 });
  removed();
  await done;
  expect(run.activity()).toBeUndefined();
  end();
  await run.done;
});
