import type { DrivenRun } from '../run-service.ts';
import { RunControl } from '../../engine/run-control.ts';
import type { DriveResult, OpenSinkOf, StepExecutor } from '../../engine/run-driver.ts';
import type { Activity } from '../../model/activity.ts';
import type { WorkloadRef } from '../../runtime/runtime.ts';
import type { Mask } from '../../secrets/mask.ts';
import { maskedSink } from '../../secrets/masked-sink.ts';
import type { OwnedRun } from '../../store/store.ts';
import type { Machine } from '../machine.ts';

/** The executor of a run once it is open, and the current activity outside of steps. */
export interface ExecutorHolder {
  activity?: (() => Activity) | undefined;
  executor?: StepExecutor & { leftBehind(): readonly WorkloadRef[] };
}

/** Names this process as the requester of a cancellation. */
const by = 'the process that drives the run';

/**
 * Starts to drive a run, and returns the handle for the command line. Stores a user's cancellation as a request, so that
 * it holds for the next owner if this process is killed before the run has ended.
 */
export function drivenRun(
  run: OwnedRun,
  drive: (control: RunControl) => Promise<DriveResult>,
  holder: ExecutorHolder,
): DrivenRun {
  const control = new RunControl();
  const done = closing(drive(control), holder);
  // A caller that follows the events awaits `done` only after their end.
  done.catch(() => undefined);
  return {
    id: run.id,
    number: run.number,
    events: run.log,
    done,
    cancel(because) {
      if (control.asked.aborted) {
        control.stopAtOnce(because);
        return;
      }
      control.cancel(because);
      // A shutdown ends the process, not what the user wants of the run. If the request cannot be stored, the run is
      // cancelled nevertheless, unless another process owns it by now.
      if (because === 'user') run.request({ type: 'cancel', by }).catch(() => undefined);
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

/** Opens the log of a run behind its mask. @param mask called for each event */
export function maskedLog(machine: Pick<Machine, 'openSink'>, mask: () => Mask): OpenSinkOf {
  return async (log, onBroken) => maskedSink(await machine.openSink(log, onBroken), mask);
}
