/** The engine with the real decorators and sink over an in-memory store. The test defines by name what steps do. */
import { planLanguage } from '../../src/wharf/steps/plan-language.ts';
import { containerSpec } from './container-spec.ts';
import { randomBytes } from 'node:crypto';
import { driveNew, driveResumed } from '../../src/engine/drive-run.ts';
import { RunControl } from '../../src/engine/run-control.ts';
import type { DriveResult, Equipped, NextIterationOf, StepExecutor } from '../../src/engine/run-driver.ts';
import { applyEvent, emptyRunState, foldRun, type RunState } from '../../src/events/run-state.ts';
import type { Cause } from '../../src/model/cause.ts';
import { systemClock, type Clock } from '../../src/model/clock.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { makeRunId, stepId, type Digest, type RunId, type StepId } from '../../src/model/ids.ts';
import type { FloorPolicy } from '../../src/engine/log-cutter.ts';
import type { PlannedStage, PlannedStep, RunCondition } from '../../src/model/plan.ts';
import { restorePlan } from '../../src/secrets/stored-plan.ts';
import { guarded } from '../../src/steps/decorators/guarded.ts';
import { recorded } from '../../src/steps/decorators/recorded.ts';
import { retried } from '../../src/steps/decorators/retried.ts';
import { timed } from '../../src/steps/decorators/timed.ts';
import type { StepResult, StepWork } from '../../src/steps/step-runner.ts';
import { openBatchedSink } from '../../src/store/log/batched-sink.ts';
import { MemoryState } from '../../src/store/memory/memory-state.ts';
import { openMemoryStore } from '../../src/store/memory/memory-store.ts';
import type { OwnedRun, Store } from '../../src/store/store.ts';
import { aborted } from '../../src/util/abort.ts';

/** What a step does, by its name in the plan. */
export type Behaviours = Readonly<Record<string, (work: StepWork, step: PlannedStep) => Promise<StepResult>>>;

export interface StageShape {
  readonly name: string;
  readonly runsIf?: RunCondition;
  readonly steps: readonly (
    string | ({ readonly name: string } & Partial<PlannedStep['policy']> & { readonly needs?: readonly string[] })
  )[];
}

/** @param iteration that the ids of the steps are of */
export function stagesOf(shapes: readonly StageShape[], iteration = 1): PlannedStage[] {
  return shapes.map((shape, s) => {
    const names = shape.steps.map((step) => (typeof step === 'string' ? step : step.name));
    return {
      ordinal: s + 1,
      name: shape.name,
      runsIf: shape.runsIf ?? 'success',
      onFailure: 'cancelSiblings',
      steps: shape.steps.map((step, i): PlannedStep => {
        const { name, needs = [], ...policy } = typeof step === 'string' ? { name: step } : step;
        return {
          id: stepId(iteration, s + 1, i + 1),
          name,
          needs: needs.map((need) => stepId(iteration, s + 1, names.indexOf(need) + 1)),
          policy: { retries: 0, allowFailure: false, ...policy },
          artifacts: [],
          cache: [],
          spec: containerSpec(),
        };
      }),
    };
  });
}

/** The next iteration of a run, as a test plans it. */
export type NextStages = (
  ...about: Parameters<NextIterationOf>
) => Promise<{ readonly cause: Cause; readonly stages: readonly PlannedStage[] } | undefined>;

interface Continued {
  readonly next?: NextStages;
  readonly floor?: FloorPolicy;
}

export class EngineWorld implements Disposable {
  readonly #state = new MemoryState();
  readonly #clock: Clock;
  readonly removed: string[] = [];
  /** Dead processes. The leases of their stores count as dead. */
  readonly #dead = new Set<number>();
  #pid = 1;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Opens the store as another process. */
  store(): { store: Store; die: () => void } {
    const pid = this.#pid++;
    const owner = { host: 'h', bootId: 'b', pidNamespace: 'n', pid, startTime: '1' };
    const store = openMemoryStore({
      state: this.#state,
      owner,
      clock: this.#clock,
      isAlive: (other) => !this.#dead.has(other.pid),
    });
    return { store, die: () => void this.#dead.add(pid) };
  }

  async start(
    stages: readonly PlannedStage[],
    behaviours: Behaviours,
    options: { jobs?: number; diagnostics?: readonly Diagnostic[]; equipped?: Equipped } & Continued = {},
  ) {
    const { store, die } = this.store();
    const createdAt = this.#clock.now();
    const run = await store.create({
      id: makeRunId(createdAt, randomBytes(10)),
      project: '/p/.wharf-ci.yml',
      createdAt,
    });
    const control = new RunControl();
    const done = driveNew(run, control, {
      clock: this.#clock,
      openSink: async (log, onBroken) => openBatchedSink({ log, clock: this.#clock, onBroken }),
      source: async () => ({ project: '/p/.wharf-ci.yml', directory: '/p', file: '.wharf-ci.yml' }),
      plan: async () =>
        options.diagnostics === undefined
          ? { name: 'p', plan: { stages, variables: [], stored: { stages, variables: [] } }, diagnostics: [] }
          : { name: 'p', diagnostics: options.diagnostics },
      equip: async (_plan, sink): Promise<Equipped> =>
        options.equipped ?? {
          status: 'ready',
          settings: { pull: 'missing', keepFailed: false, ...(options.jobs !== undefined && { jobs: options.jobs }) },
          workspace: { digest: 'sha256:0' as Digest, files: 0, bytes: 0 },
          notes: [],
          executor: this.#executor(sink, behaviours),
        },
      ...this.#next(behaviours, options),
    });
    done.catch(() => undefined);
    return { run, control, done, die, store };
  }

  async resume(
    id: RunId,
    behaviours: Behaviours,
    { abandon = false, ...continued }: { abandon?: boolean } & Continued = {},
  ): Promise<{ control: RunControl; done: Promise<DriveResult>; run: OwnedRun }> {
    const { store } = this.store();
    const ownership = await store.own(id);
    if (ownership.status !== 'owned') throw new Error(ownership.status);
    const { run } = ownership;
    const control = new RunControl();
    const state = await foldRun(run.log.follow(0, new AbortController().signal, 'now'));
    const done = driveResumed(run, control, {
      openSink: async (log, onBroken) => openBatchedSink({ log, clock: this.#clock, onBroken }),
      state,
      notes: [],
      stages: restorePlan(
        { stages: state.iterations.at(-1)?.stages.map(({ planned }) => planned) ?? [], variables: [] },
        () => undefined,
        planLanguage,
      ).stages,
      abandon,
      executor: async (sink) => this.#executor(sink, behaviours),
      ...this.#next(behaviours, continued),
    });
    done.catch(() => undefined);
    return { control, done, run };
  }

  /** Resolves when the log holds the start of this step. */
  async started(run: OwnedRun, step: StepId): Promise<void> {
    for await (const event of run.log.follow(0, new AbortController().signal, 'forever'))
      if (event.type === 'step.started' && event.step === step) return;
  }

  /** Folds the stored events strictly, by the rules of the log. */
  async strictState(run: OwnedRun): Promise<RunState> {
    const state = emptyRunState();
    for await (const event of run.log.follow(0, new AbortController().signal, 'now')) applyEvent(state, event, true);
    return state;
  }

  /** Returns `NAME: status` of every step, with the reason if it did not succeed. */
  async ends(run: OwnedRun): Promise<string[]> {
    const state = await this.strictState(run);
    return [...state.steps.values()].map((step) => {
      const { outcome } = step;
      const why =
        outcome?.status === 'failed'
          ? ` ${outcome.failure.code}`
          : outcome?.status === 'cancelled' || outcome?.status === 'skipped'
            ? ` ${outcome.because}`
            : '';
      return `${step.planned.name}: ${step.status}${why}`;
    });
  }

  [Symbol.dispose](): void {
    this.#state[Symbol.dispose]();
  }

  #next(
    behaviours: Behaviours,
    { next, floor }: Continued,
  ): { readonly next?: NextIterationOf; readonly floor?: FloorPolicy } {
    if (next === undefined) return {};
    return {
      ...(floor !== undefined && { floor }),
      next: async (ended, sink, signal) => {
        const found = await next(ended, sink, signal);
        if (found === undefined) return undefined;
        const { cause, stages } = found;
        return {
          cause,
          plan: { stages, variables: [], stored: { stages, variables: [] } },
          workspace: { digest: 'sha256:0' as Digest, files: 0, bytes: 0 },
          executor: this.#executor(sink, behaviours),
        };
      },
    };
  }

  #executor(sink: Parameters<typeof recorded>[0], behaviours: Behaviours): StepExecutor {
    const inner = {
      run: async (step: PlannedStep, work: StepWork) => {
        const behave = behaviours[step.name];
        if (behave === undefined) throw new Error(`no behaviour for step ${step.name}`);
        return await behave(work, step);
      },
    };
    return {
      steps: recorded(sink, this.#clock, guarded(retried(timed(inner)))),
      finished: () => undefined,
      takeOver: async () => undefined,
      removeAll: async () => void this.removed.push('all'),
      settled: async () => [],
      close: async () => undefined,
    };
  }
}

export const succeeds = async (): Promise<StepResult> => ({
  outcome: { status: 'succeeded', value: undefined },
  artifacts: [],
});
export const exits = (exitCode: number) => async (): Promise<StepResult> => ({
  outcome: { status: 'failed', failure: { code: 'exit-nonzero', exitCode } },
  artifacts: [],
});

/** A step that ends only on cancellation. `begun` resolves when it has started. */
export function waits(): ((work: StepWork) => Promise<StepResult>) & { begun: Promise<void> } {
  let tell = (): void => undefined;
  const begun = new Promise<void>((resolve) => (tell = resolve));
  const behave = async (work: StepWork): Promise<StepResult> => {
    tell();
    await aborted(work.signal);
    throw work.signal.reason as Error;
  };
  return Object.assign(behave, { begun });
}
