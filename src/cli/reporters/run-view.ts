/** What every reporter for people knows: the state of the run, and its output as lines. */
import { visible } from '../../util/visible.ts';
import type { OutputSource, StoredEvent } from '../../events/event.ts';
import { applyEvent, emptyRunState, type RunState, type StepState } from '../../events/run-state.ts';
import { textWidth } from '../text/width.ts';
import { StepOutput } from '../output/step-output.ts';

/** Lines that belong together, of a step or of something else that prints. */
export interface ShownLines {
  readonly step?: StepState;
  /** Who printed them, for people: `stage/step`, a container, `slipway`. */
  readonly who: string;
  readonly lines: readonly string[];
}

export class RunView {
  readonly state: RunState = emptyRunState();
  readonly output: StepOutput;

  constructor(colours: boolean) {
    this.output = new StepOutput(colours);
  }

  /**
   * Folds an event; the result is the output that it completes: of an attempt that ends, also the line without an end.
   */
  apply(event: StoredEvent): ShownLines | undefined {
    const shown = this.#linesOf(event);
    applyEvent(this.state, event);
    if (event.type === 'step.finished' && event.outcome.status !== 'failed') this.output.forget(event.step);
    return shown;
  }

  #linesOf(event: StoredEvent): ShownLines | undefined {
    if (event.type === 'output') return this.#shown(event.from, this.output.push(event));
    if (event.type !== 'step.finished' && event.type !== 'step.attempted') return undefined;
    const from = { step: event.step, attempt: event.attempt };
    return this.#shown(from, this.output.finish(from));
  }

  #shown(from: OutputSource, lines: readonly string[]): ShownLines | undefined {
    if (lines.length === 0) return undefined;
    if (!('step' in from)) return { who: 'container' in from ? from.container : 'slipway', lines };
    const step = this.state.steps.get(from.step);
    return step === undefined ? { who: from.step, lines } : { step, who: stepPath(step), lines };
  }
}

/** `stage/step`, as it can be written on the command line. */
export function stepPath(step: StepState): string {
  return visible(`${step.stage}/${step.planned.name}`);
}

/** A name longer than this stands out of the column rather than widening it for all. */
const widestPath = 60;

/** Cells of the column that the paths of these steps stand in, without those that nobody asked for. */
export function pathColumn(steps: Iterable<StepState>): number {
  let widest = 0;
  for (const step of steps) {
    const width = textWidth(stepPath(step));
    if (width <= widestPath && width > widest && step.planned.notSelected === undefined) widest = width;
  }
  return widest;
}
