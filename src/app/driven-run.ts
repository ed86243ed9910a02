import type { DrivenRun } from '../cli/services.ts';
import { RunControl } from '../engine/run-control.ts';
import type { DriveResult } from '../engine/run-driver.ts';
import type { WorkloadRef } from '../runtime/runtime.ts';
import type { OwnedRun } from '../store/store.ts';

/** A run that this process drives, as the command line holds it. */
export function drivenRun(run: OwnedRun, drive: (control: RunControl) => Promise<DriveResult>, leftBehind: () => readonly WorkloadRef[]): DrivenRun {
  const control = new RunControl();
  const done = drive(control);
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
    leftBehind,
  };
}
