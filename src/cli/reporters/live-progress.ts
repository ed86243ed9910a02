/**
 * What the tree shows, kept current event by event, so that a frame costs what it shows and not what the plan holds.
 */
import type { StoredEvent } from '../../events/event.ts';
import { currentIteration, type RunState, type StageState, type StepState } from '../../events/run-state.ts';
import type { StepId } from '../../model/ids.ts';
import { visible } from '../../util/visible.ts';
import type { EndStatus } from '../../model/status.ts';
import { textWidth } from '../text/width.ts';

export interface LiveStage {
  readonly state: StageState;
  /** Without those that nobody asked for. */
  readonly steps: readonly StepState[];
  /** In the order in which they started. */
  readonly running: Map<StepId, StepState>;
  readonly ended: Record<EndStatus, number>;
  /** Cells of the longest name, of which no more than this is shown. */
  nameWidth(widest: number): number;
}

export class LiveProgress {
  /** Of the current iteration, without those that nobody asked for. */
  stages: readonly LiveStage[] = [];
  readonly #stageOf = new Map<StepId, LiveStage>();
  /** Steps whose last news was a fact and not a line. */
  readonly #factIsNewer = new Set<StepId>();

  /** @param state with the event in it already */
  apply(event: StoredEvent, state: RunState): void {
    switch (event.type) {
      case 'iteration.planned':
        this.#plan(state);
        return;
      case 'step.started': {
        const step = state.steps.get(event.step);
        if (step !== undefined) this.#stageOf.get(event.step)?.running.set(event.step, step);
        return;
      }
      case 'step.observed':
        this.#factIsNewer.add(event.step);
        return;
      case 'output':
        if ('step' in event.from) this.#factIsNewer.delete(event.from.step);
        return;
      case 'step.finished': {
        const stage = this.#stageOf.get(event.step);
        this.#factIsNewer.delete(event.step);
        if (stage === undefined) return;
        stage.running.delete(event.step);
        stage.ended[event.outcome.status]++;
        return;
      }
      default:
        return;
    }
  }

  stageOf(step: StepId): LiveStage | undefined {
    return this.#stageOf.get(step);
  }

  factIsNewer(step: StepId): boolean {
    return this.#factIsNewer.has(step);
  }

  #plan(state: RunState): void {
    this.#stageOf.clear();
    this.#factIsNewer.clear();
    const stages = currentIteration(state)?.stages ?? [];
    this.stages = stages.filter((stage) => stage.planned.notSelected === undefined).map(liveStage);
    for (const stage of this.stages) for (const step of stage.steps) this.#stageOf.set(step.planned.id, stage);
  }
}

function liveStage(state: StageState): LiveStage {
  const steps = state.steps.filter((step) => step.planned.notSelected === undefined);
  let width: number | undefined;
  const nameWidth = (widest: number) =>
    (width ??= steps.reduce(
      (longest, { planned }) => Math.max(longest, Math.min(widest, textWidth(visible(planned.name)))),
      0,
    ));
  return { state, steps, running: new Map(), ended: { succeeded: 0, failed: 0, cancelled: 0, skipped: 0 }, nameWidth };
}
