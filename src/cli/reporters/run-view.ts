/** The state of a run and its output as lines, shared by the reporters for people. */
import { visible } from '../../util/visible.ts';
import type { OutputSource, StoredEvent } from '../../events/event.ts';
import { applyEvent, currentIteration, emptyRunState, type RunState, type StepState } from '../../events/run-state.ts';
import { textWidth } from '../text/text-width.ts';
import { StepOutput } from '../output/step-output.ts';
import { lineFields } from './line-fields.ts';
import { linePrefix, plannedLines, type LineLook } from './line-prefix.ts';

/** Output lines of one step or another writer. */
export interface ShownLines {
  readonly step?: StepState;
  /** The writer's name for people: `stage/step`, a container, `slipway`. */
  readonly who: string;
  /** What stands before each line of a followed container instead of the name. May be empty. */
  readonly prefix?: string;
  readonly lines: readonly string[];
}

export class RunView {
  readonly state: RunState = emptyRunState();
  readonly output: StepOutput;
  #followed: LineLook = plannedLines(undefined);

  constructor(colours: boolean) {
    this.output = new StepOutput(colours);
  }

  /**
   * Applies an event. Returns the output lines that it completes. At the end of an attempt or a container, that includes
   * an unfinished line.
   */
  apply(event: StoredEvent): ShownLines | undefined {
    const shown = this.#linesOf(event);
    applyEvent(this.state, event);
    if (event.type === 'iteration.planned' || event.type === 'log.floor')
      this.#followed = plannedLines(currentIteration(this.state));
    if (event.type === 'step.finished' && event.outcome.status !== 'failed') this.output.forget(attemptOf(event));
    const ended = endedContainer(event);
    if (ended) this.output.forget(ended);
    return shown;
  }

  #linesOf(event: StoredEvent): ShownLines | undefined {
    if (event.type === 'output') return this.#shown(event.from, this.output.push(event));
    const from =
      event.type === 'step.finished' || event.type === 'step.attempted' ? attemptOf(event) : endedContainer(event);
    return from && this.#shown(from, this.output.finish(from));
  }

  #shown(from: OutputSource, lines: readonly string[]): ShownLines | undefined {
    if (lines.length === 0) return undefined;
    if ('engine' in from) return { who: 'slipway', lines };
    if ('workload' in from) {
      const { prefix, fields } = this.#followed;
      const shown = fields.length === 0 ? lines : lines.map((line) => lineFields(line, fields));
      return { who: from.container, prefix: linePrefix(from, prefix), lines: shown };
    }
    const step = this.state.steps.get(from.step);
    return step === undefined ? { who: from.step, lines } : { step, who: stepPath(step), lines };
  }
}

function attemptOf({
  step,
  attempt,
}: Extract<StoredEvent, { type: 'step.finished' | 'step.attempted' }>): OutputSource {
  return { step, attempt };
}

function endedContainer(event: StoredEvent): OutputSource | undefined {
  if (event.type !== 'step.observed' || event.fact.type !== 'container.ended') return undefined;
  const { workload, container } = event.fact;
  return { workload, container };
}

/** Returns `stage/step`, as the command line accepts it. */
export function stepPath(step: StepState): string {
  return visible(`${step.stage}/${step.planned.name}`);
}

/** Longer paths do not widen the column. */
const widestPath = 60;

/** Returns the width of the path column of these steps, without unselected steps. */
export function pathColumn(steps: Iterable<StepState>): number {
  let widest = 0;
  for (const step of steps) {
    const width = textWidth(stepPath(step));
    if (width <= widestPath && width > widest && step.planned.notSelected === undefined) widest = width;
  }
  return widest;
}
