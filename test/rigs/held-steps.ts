import type { RunEvent } from '../../src/events/event.ts';
import { cancelledBy, type Outcome } from '../../src/model/outcome.ts';
import type { PlannedStage, PlannedStep } from '../../src/model/plan.ts';
import type { RecordedStepRunner, StepOrder } from '../../src/steps/decorators/recorded.ts';
import type { StepResult } from '../../src/steps/step-runner.ts';
import { applyEvent, emptyRunState, type RunState } from '../../src/events/run-state.ts';
import type { RunId } from '../../src/model/ids.ts';
import { failing, settled, succeeding } from './step-work.ts';
import { onAbort } from '../../src/util/abort.ts';

interface Running {
  readonly step: PlannedStep;
  readonly order: StepOrder;
  end(result: StepResult): void;
  fail(error: Error): void;
}

/** Runs steps for the engine: each ends when the test says how. A step whose signal is aborted ends as cancelled. */
export class HeldSteps implements RecordedStepRunner {
  /** Names, in the order in which they were started. */
  readonly started: string[] = [];
  readonly orders = new Map<string, StepOrder>();
  readonly #running = new Map<string, Running>();
  readonly #obedient: boolean;

  /** @param obedient false: a step also ignores its signal until the test ends it */
  constructor(obedient = true) {
    this.#obedient = obedient;
  }

  async run(step: PlannedStep, order: StepOrder): Promise<StepResult> {
    this.started.push(step.name);
    this.orders.set(step.name, order);
    return await new Promise<StepResult>((resolve, reject) => {
      this.#running.set(step.name, { step, order, end: resolve, fail: reject });
      if (!this.#obedient) return;
      onAbort(order.signal, () => {
        if (!this.#running.has(step.name)) return;
        this.#take(step.name).end({ outcome: cancelledBy(order.signal), artifacts: [] });
      });
    });
  }

  get running(): string[] {
    return [...this.#running.keys()];
  }

  async succeed(...names: readonly string[]): Promise<void> {
    for (const name of names) this.#take(name).end(succeeding);
    await settled();
  }

  async fail(name: string): Promise<void> {
    this.#take(name).end(failing());
    await settled();
  }

  async end(name: string, outcome: Outcome): Promise<void> {
    this.#take(name).end({ outcome, artifacts: [] });
    await settled();
  }

  /** The log could not be written. */
  async break(name: string, error: Error): Promise<void> {
    this.#take(name).fail(error);
    await settled();
  }

  #take(name: string): Running {
    const running = this.#running.get(name);
    if (running === undefined) throw new Error(`${name} does not run`);
    this.#running.delete(name);
    return running;
  }
}

/** The state after `iteration.planned`, and after further events; refuses what the rules of the log forbid. */
export function stateOf(stages: readonly PlannedStage[], events: readonly RunEvent[] = []): RunState {
  const state = emptyRunState();
  const planned: RunEvent = {
    type: 'iteration.planned',
    iteration: 1,
    stages,
    workspace: { digest: 'sha256:0' as never, files: 0, bytes: 0 },
    variables: [],
  };
  for (const [index, event] of [planned, ...events].entries())
    applyEvent(state, { ...event, at: 1, run: 'run' as RunId, epoch: 1, seq: index + 1 }, true);
  return state;
}

/** Events of steps and stages as short lines: `1.1.1 succeeded`, `stage 1 failed`. */
export function linesOf(events: readonly RunEvent[]): string[] {
  return events.map((event) => {
    switch (event.type) {
      case 'step.finished': {
        const { outcome } = event;
        const why = 'because' in outcome ? ` ${outcome.because}` : '';
        return `${event.step} ${outcome.status}${why}${event.attempt === 0 ? ', never started' : ''}`;
      }
      case 'stage.started':
        return `stage ${event.stage} started`;
      case 'stage.finished':
        return `stage ${event.stage} ${event.status}${event.because === undefined ? '' : ` ${event.because}`}`;
      case 'iteration.finished':
        return `iteration ${event.iteration} ${event.status}`;
      default:
        return event.type;
    }
  });
}
