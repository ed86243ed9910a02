import type { DeployedObject } from '../../model/artifact.ts';
import { failed, succeeded, type ObjectProblem, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { cancelledOrFailed } from '../../runtime/error-outcome.ts';
import type { ListedWorkload, LocalDeployments } from '../../runtime/local-deployments.ts';
import type { RunningContainers } from '../../runtime/running-container.ts';
import type { StatusCheck } from '../deployer.ts';
import { judgeWorkload, type WorkloadState } from './judge-workload.ts';
import { ObservedWorkloads } from './observed-workloads.ts';
import { shownWorkload } from './workload-problem.ts';

export interface LocalStatusCheckOptions {
  readonly engine: LocalDeployments;
  readonly running: RunningContainers;
  /** The name of the deploy. */
  readonly name: string;
  /** Default: 10 minutes. */
  readonly deadlineMs?: number;
  /** Wait for all workloads until the deadline, even if a container fails. */
  readonly tolerateFailures?: boolean;
}

const defaultDeadlineMs = 600_000;

/** Waits until the workloads of a deploy are ready, and Jobs complete. Runs their startup and readiness probes. */
export function localStatusCheck(options: LocalStatusCheckOptions): StatusCheck {
  return {
    wait: async (objects, work) => {
      try {
        return await wait(options, objects, work);
      } catch (error) {
        return cancelledOrFailed(error, work.signal);
      }
    },
  };
}

async function wait(
  options: LocalStatusCheckOptions,
  objects: readonly DeployedObject[],
  work: Work,
): Promise<Outcome> {
  const { engine, name, deadlineMs = defaultDeadlineMs, tolerateFailures = false } = options;
  const wanted = new Set(
    objects
      .filter(({ change }) => change !== 'removed')
      .map(({ apiVersion, kind, name: own }) => `${apiVersion} ${kind} ${own}`),
  );
  const isWanted = ({ object }: ListedWorkload) => {
    const [apiVersion, kind, , own] = object.split(' ');
    return wanted.has(`${apiVersion} ${kind} ${own}`);
  };
  const workloads = (await engine.list(name, work.signal)).workloads.filter(isWanted);
  if (workloads.length === 0) return succeeded(undefined);
  const settled = new AbortController();
  const signal = AbortSignal.any([work.signal, settled.signal]);
  const observed = new ObservedWorkloads(options, workloads, work.clock, signal);
  const told = new Map<string, string>();
  let late = false;
  const deadline = work.clock.sleep(deadlineMs, signal).then(
    () => {
      late = true;
      observed.wake();
    },
    () => undefined,
  );
  try {
    for (;;) {
      work.signal.throwIfAborted();
      const states = workloads.map((workload) => ({ workload, state: stateOf(observed, workload) }));
      for (const { workload, state } of states) tell(workload, state, told, work);
      const isOver = states.every(({ state }) => state.status !== 'inProgress');
      const isFailed = states.some(({ state }) => state.status === 'failed');
      if (isOver && !isFailed) {
        await stopCompleted(engine, workloads, work);
        return succeeded(undefined);
      }
      if (late || (isFailed && (isOver || !tolerateFailures)))
        return failed({
          code: 'not-ready',
          of: workloads.length,
          problems: await problemsOf(engine, states, late ? deadlineMs : undefined, work),
        });
      await observed.changed();
    }
  } finally {
    settled.abort();
    await Promise.all([deadline, observed.ended()]);
  }
}

function stateOf(observed: ObservedWorkloads, workload: ListedWorkload): WorkloadState {
  return judgeWorkload(observed.of(workload), workload);
}

function tell(
  workload: ListedWorkload,
  { status, message }: WorkloadState,
  told: Map<string, string>,
  work: Work,
): void {
  const resource = shownWorkload(workload.object);
  const text = `${status} ${message}`;
  if (told.get(workload.name) === text) return;
  told.set(workload.name, text);
  work.output.observe({ type: 'resource.status', resource, status, message });
}

/** Sidecars of a Job end with it. */
async function stopCompleted(
  engine: LocalDeployments,
  workloads: readonly ListedWorkload[],
  work: Work,
): Promise<void> {
  const left = workloads
    .filter(({ ends }) => ends)
    .flatMap(({ containers }) => containers.filter(({ role }) => role === 'sidecar' || role === 'holder'));
  if (left.length > 0)
    await engine.stop(
      left.map(({ id }) => id),
      work.signal,
    );
}

async function problemsOf(
  engine: LocalDeployments,
  states: readonly { readonly workload: ListedWorkload; readonly state: WorkloadState }[],
  deadlineMs: number | undefined,
  work: Work,
): Promise<readonly ObjectProblem[]> {
  const anyFailed = states.some(({ state }) => state.status === 'failed');
  const bad = states.filter(({ state }) =>
    deadlineMs === undefined && anyFailed ? state.status === 'failed' : state.status !== 'succeeded',
  );
  return await Promise.all(
    bad.map(async ({ workload, state }): Promise<ObjectProblem> => {
      const lines =
        state.status === 'succeeded' || state.container === undefined
          ? []
          : await engine.lastLines(state.container, work.signal);
      const isLate = state.status === 'inProgress' && deadlineMs !== undefined;
      return {
        object: shownWorkload(workload.object),
        detail: isLate ? `${state.message} after ${Math.round(deadlineMs / 1_000)} s` : state.message,
        ...(lines.length > 0 && { lines }),
        ...(isLate && { cause: 'deadline' as const }),
      };
    }),
  );
}
