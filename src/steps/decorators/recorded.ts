import type { OutputEvent, OutputSource } from '../../events/event.ts';
import type { EventSink } from '../../events/sink.ts';
import type { StepState } from '../../events/run-state.ts';
import type { Clock } from '../../model/clock.ts';
import type { PlannedStep } from '../../model/plan.ts';
import type { Cursor, FollowedOutput, Output, Stream } from '../../model/work.ts';
import { FollowedPositions } from '../followed-positions.ts';
import type { StepResult, StepRunner, StepWork } from '../step-runner.ts';

/** What the engine passes when it starts a step. */
export interface StepOrder {
  readonly signal: AbortSignal;
  readonly atOnce: AbortSignal;
  /** Aborted when the log can no longer be written. */
  readonly unstored?: AbortSignal;
  /** The state in the log, if another process started this step. */
  readonly begun?: StepState;
}

export interface RecordedStepRunner {
  /** Rejects only with a `StoreError`. The log cannot be written then, so nothing may start. */
  run(step: PlannedStep, order: StepOrder): Promise<StepResult>;
}

/**
 * Turns the life of a step into events. Nothing else does (docs/design/architecture.md, "The one idea").
 * The start of each attempt is committed before its work begins. So a crash never leaves an unknown workload.
 * @param positions of the output of followed containers, which spans steps
 */
export function recorded(
  sink: EventSink,
  clock: Clock,
  inner: StepRunner,
  positions = new FollowedPositions(),
): RecordedStepRunner {
  const followed = recordedFollowing(sink, positions);
  return {
    async run(step, order) {
      const { begun } = order;
      let attempt = begun?.attempt ?? 1;

      const workOf = (startedAt: number, resumed: StepState | undefined): StepWork => {
        const output = recordedOutput(sink, step, attempt, resumed, positions);
        const work: StepWork = {
          signal: order.signal,
          atOnce: order.atOnce,
          ...(order.unstored && { unstored: order.unstored }),
          clock,
          output,
          followed,
          attempt,
          attemptStartedAt: startedAt,
          async nextAttempt(failure) {
            sink.emit({ type: 'step.attempted', step: step.id, attempt, failure });
            attempt += 1;
            const at = clock.now();
            await sink.stored();
            return workOf(at, undefined);
          },
        };
        return resumed === undefined ? work : { ...work, begun: begunOf(resumed) };
      };

      if (begun === undefined) {
        sink.emit({ type: 'step.started', step: step.id, attempt });
        await sink.stored();
      }
      const result = await inner.run(step, workOf(begun?.attemptStartedAt ?? clock.now(), begun));
      const { outcome, artifacts } = result;
      sink.emit({ type: 'step.finished', step: step.id, attempt, outcome, ...(artifacts.length > 0 && { artifacts }) });
      return result;
    },
  };
}

function recordedOutput(
  sink: EventSink,
  step: PlannedStep,
  attempt: number,
  resumed: StepState | undefined,
  positions: FollowedPositions,
): Output {
  const from: OutputSource = { step: step.id, attempt };
  const offsets = new Map<Stream, number>();
  for (const [stream, { offset }] of Object.entries(resumed?.streams ?? {})) offsets.set(stream as Stream, offset);
  return {
    write(stream, bytes, cursor) {
      if (bytes.length === 0) return;
      const offset = offsets.get(stream) ?? 0;
      offsets.set(stream, offset + bytes.length);
      const event: OutputEvent = { type: 'output', from, stream, offset, bytes };
      return sink.write(cursor === undefined ? event : { ...event, cursor });
    },
    lost(stream, detail, cursor) {
      sink.emit({ type: 'output.lost', from, stream, detail, ...(cursor !== undefined && { cursor }) });
    },
    observe(fact) {
      if (fact.type === 'container.ended') positions.ended(fact);
      sink.emit({ type: 'step.observed', step: step.id, attempt, fact });
    },
  };
}

function recordedFollowing(sink: EventSink, positions: FollowedPositions): FollowedOutput {
  return {
    position: (container) => positions.of(container),
    write({ workload, container }, stream, bytes, cursor) {
      if (bytes.length === 0) return;
      const from: OutputSource = { workload, container };
      const offset = positions.add(from, stream, bytes);
      const event: OutputEvent = { type: 'output', from, stream, offset, bytes };
      return sink.write(cursor === undefined ? event : { ...event, cursor });
    },
    lost({ workload, container }, stream, detail, cursor) {
      const from: OutputSource = { workload, container };
      sink.emit({ type: 'output.lost', from, stream, detail, ...(cursor !== undefined && { cursor }) });
    },
  };
}

function begunOf(step: StepState): NonNullable<StepWork['begun']> {
  return {
    cursors: cursorsOf(step),
    ...(step.workloadStartedAt !== undefined && { startedAt: step.workloadStartedAt }),
  };
}

function cursorsOf(step: StepState): Partial<Record<Stream, Cursor>> {
  return Object.fromEntries(Object.entries(step.streams).map(([stream, { cursor }]) => [stream, cursor]));
}
