/**
 * The data of the live tree, updated event by event. A frame costs as much as it shows, not as much as the plan
 * contains.
 */
import type { StoredEvent } from '../../events/event.ts';
import { currentIteration, type RunState, type StageState, type StepState } from '../../events/run-state.ts';
import type { StepId } from '../../model/ids.ts';
import { visible } from '../../util/visible.ts';
import type { EndStatus } from '../../model/status.ts';
import { textWidth } from '../text/text-width.ts';

export interface LiveStage {
  readonly state: StageState;
  /** Without unselected steps. */
  readonly steps: readonly StepState[];
  /** In the order of their start. */
  readonly running: Map<StepId, StepState>;
  readonly ended: Record<EndStatus, number>;
  /** Returns the width of the longest name, at most `widest` cells. */
  nameWidth(widest: number): number;
}

export class LiveProgress {
  /** The stages of the current iteration, without unselected ones. */
  stages: readonly LiveStage[] = [];
  readonly #stageOf = new Map<StepId, LiveStage>();
  /** Steps whose last event is an observation, not output. */
  readonly #factIsNewer = new Set<StepId>();

  /**
   * @param state the state after the event
   */
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
  let longest: number | undefined;
  const nameWidth = (widest: number) => {
    longest ??= steps.reduce((width, { planned }) => Math.max(width, textWidth(visible(planned.name))), 0);
    return Math.min(widest, longest);
  };
  return { state, steps, running: new Map(), ended: { succeeded: 0, failed: 0, cancelled: 0, skipped: 0 }, nameWidth };
}
