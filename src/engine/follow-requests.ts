import { foldRun } from '../events/run-state.ts';
import type { StepId } from '../model/ids.ts';
import { isEnd } from '../model/status.ts';
import type { OwnedRun, RequestAnswer, RunRequest } from '../store/store.ts';
import type { RunControl } from './run-control.ts';

/**
 * Carries out stored requests until the signal is aborted. They only cancel. Only the process that drives the run can stop
 * it at once.
 * @param note called with the reasons of requests that were carried out
 * @param until `now`: only those that wait already
 */
export async function followRequests(
  run: OwnedRun,
  control: RunControl,
  note: (message: string) => void,
  signal: AbortSignal,
  until: 'now' | 'forever',
): Promise<void> {
  try {
    for await (const request of run.requests(signal, until)) {
      const answer = await carryOut(request, run, control).catch(refusal);
      if (answer.status === 'done' && request.reason !== undefined) note(describe(request, request.reason));
      await run.answer(request.id, answer);
    }
  } catch {
    // Requests come from the index. If the index cannot be read, the run continues, because it has its own log.
  }
}

/** One request that fails must not keep later ones from being read. */
function refusal(error: unknown): RequestAnswer {
  return { status: 'refused', detail: error instanceof Error ? error.message : String(error) };
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

function describe(request: RunRequest, reason: string): string {
  return `${request.by} cancelled ${request.type === 'cancelStep' ? `step ${request.step}` : 'the run'}: ${reason}`;
}
