import type { EventSink } from '../events/sink.ts';
import { foldRun } from '../events/run-state.ts';
import type { StepId } from '../model/ids.ts';
import { isEnd } from '../model/status.ts';
import type { OwnedRun, RequestAnswer, RunRequest } from '../store/store.ts';
import type { RunControl } from './run-control.ts';

/**
 * Carries out the requests of other processes until the signal is aborted. They only cancel. Only the process that drives
 * the run can stop it at once.
 */
export async function followRequests(
  run: OwnedRun,
  control: RunControl,
  sink: EventSink,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const request of run.requests(signal)) {
      const answer = await carryOut(request, run, control);
      if (answer.status === 'done') noteReason(request, sink);
      await run.answer(request.id, answer);
    }
  } catch {
    // Requests come from the index. If the index cannot be read, the run continues, because it has its own log.
  }
}

async function carryOut(request: RunRequest, run: OwnedRun, control: RunControl): Promise<RequestAnswer> {
  switch (request.type) {
    case 'cancel':
      control.cancel('user');
      return { status: 'done' };
    case 'cancelStep':
      return await cancelStep(request.step, run, control);
  }
}

async function cancelStep(id: StepId, run: OwnedRun, control: RunControl): Promise<RequestAnswer> {
  const state = await foldRun(run.log.follow(0, new AbortController().signal, 'now', 'structural'));
  const step = state.steps.get(id);
  if (step === undefined) return { status: 'refused', detail: `the run has no step ${id} yet` };
  if (isEnd(step.status)) return { status: 'refused', detail: `step ${id} had already ended: ${step.status}` };
  control.cancelStep(id, 'user');
  return { status: 'done' };
}

/** The log has the effects. The reason is noted beside them. */
function noteReason(request: RunRequest, sink: EventSink): void {
  if (request.reason === undefined) return;
  const subject = request.type === 'cancelStep' ? `step ${request.step}` : 'the run';
  sink.emit({ type: 'run.noted', level: 'info', message: `${request.by} cancelled ${subject}: ${request.reason}` });
}
