import type { QueuedRun } from '../events/queued-run.ts';
import type { RunState, StepState } from '../events/run-state.ts';
import { shownVariables } from '../model/shown-plan.ts';
import type { RunSummary } from '../store/store.ts';

/** Returns a run of a list as JSON (docs/cli.md). Times are milliseconds since 1970, absent values are `null`. */
export function runJson(run: RunSummary) {
  return {
    id: run.id,
    number: run.number,
    project: run.project,
    name: run.name,
    status: run.status,
    because: run.because ?? null,
    source: run.source ?? null,
    runtime: run.runtime ?? null,
    createdAt: run.createdAt,
    startedAt: run.startedAt ?? null,
    finishedAt: run.finishedAt ?? null,
    steps: run.steps,
  };
}

/** Returns the details of a run as JSON, without its output. */
export function runDetailJson(run: RunSummary, state: RunState, queued?: QueuedRun) {
  return {
    ...runJson(run),
    trigger: state.trigger ?? queued?.trigger ?? null,
    annotations: queued?.annotations ?? {},
    requested: queued?.settings ?? null,
    settings: state.settings ?? null,
    detail: state.detail ?? null,
    diagnostics: state.diagnostics,
    notes: state.notes,
    containers: state.workloads.map(({ workload, container, ended = false }) => ({ workload, container, ended })),
    iterations: state.iterations.map((iteration) => ({
      iteration: iteration.iteration,
      status: iteration.status ?? null,
      workspace: iteration.workspace,
      variables: shownVariables(iteration.variables),
      stages: iteration.stages.map((stage) => ({
        name: stage.planned.name,
        status: stage.status,
        because: stage.because ?? null,
        startedAt: stage.startedAt ?? null,
        finishedAt: stage.finishedAt ?? null,
        steps: stage.steps.map(stepJson),
      })),
    })),
  };
}

function stepJson(step: StepState) {
  return {
    id: step.planned.id,
    name: step.planned.name,
    status: step.status,
    outcome: step.outcome ?? null,
    attempt: step.attempt,
    failures: step.failures,
    startedAt: step.startedAt ?? null,
    finishedAt: step.finishedAt ?? null,
    artifacts: step.artifacts,
    kept: step.kept ?? null,
    declaredAt: step.planned.declaredAt ?? null,
  };
}
