import type { DrivenRun } from './services.ts';
import { RunControl } from '../engine/run-control.ts';
import type { StepExecutor, DriveResult } from '../engine/run-driver.ts';
import type { Activity } from '../model/activity.ts';
import type { WorkloadRef } from '../runtime/runtime.ts';
import type { OwnedRun } from '../store/store.ts';

/** The executor of a run, once it has one, and what the run is busy with beside its steps. */
export interface ExecutorHolder {
  activity?: (() => Activity) | undefined;
  executor?: StepExecutor & { leftBehind(): readonly WorkloadRef[] };
}

/** A run that this process drives, as the command line holds it. */
export function drivenRun(
  run: OwnedRun,
  drive: (control: RunControl) => Promise<DriveResult>,
  holder: ExecutorHolder,
): DrivenRun {
  const control = new RunControl();
  const done = closing(drive(control), holder);
  // Whoever follows the events may come to `done` only at their end.
  done.catch(() => undefined);
  return {
    id: run.id,
    number: run.number,
    events: run.log,
    done,
    cancel(because) {
      if (control.asked.aborted) control.stopAtOnce(because);
      else control.cancel(because);
    },
    leftBehind: () => holder.executor?.leftBehind() ?? [],
    activity: () => holder.activity?.(),
  };
}

async function closing<T>(driving: Promise<T>, holder: ExecutorHolder): Promise<T> {
  try {
    return await driving;
  } finally {
    await holder.executor?.close();
  }
}
