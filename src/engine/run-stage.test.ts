import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stagesOf, type StageShape } from '../../test/rigs/engine-world.ts';
import { HeldSteps, linesOf, stateOf } from '../../test/rigs/held-steps.ts';
import { ManualClock } from '../../test/rigs/manual-clock.ts';
import { RecordingSink } from '../../test/rigs/recording-sink.ts';
import { failing, settled, succeeding } from '../../test/rigs/step-work.ts';
import type { RunEvent } from '../events/event.ts';
import { Cancelled } from '../model/outcome.ts';
import type { FailurePolicy, PlannedStage } from '../model/plan.ts';
import { isEnd, type EndStatus } from '../model/status.ts';
import { recorded } from '../steps/decorators/recorded.ts';
import { RunControl } from './run-control.ts';
import { endUnstarted, runStage } from './run-stage.ts';

interface Options {
  readonly jobs?: number;
  readonly onFailure?: FailurePolicy;
  readonly runsIf?: PlannedStage['runsIf'];
  readonly control?: RunControl;
  readonly steps?: HeldSteps;
  /** The events that the log already has. */
  readonly events?: readonly RunEvent[];
  readonly notSelected?: readonly string[];
}

/** Starts a stage. `state` gets its end. */
function start(shapes: StageShape['steps'], options: Options = {}) {
  const { jobs, control = new RunControl(), steps = new HeldSteps(), events = [] } = options;
  const [shaped] = stagesOf([{ name: 'stage', steps: shapes }]);
  const planned: PlannedStage = {
    ...shaped!,
    onFailure: options.onFailure ?? 'cancelSiblings',
    runsIf: options.runsIf ?? 'success',
    steps: shaped!.steps.map((step) =>
      options.notSelected?.includes(step.name) === true ? { ...step, notSelected: true } : step,
    ),
  };
  const sink = new RecordingSink();
  const finished: string[] = [];
  const done = runStage({
    iteration: 1,
    stage: stateOf([planned], events).iterations[0]!.stages[0]!,
    planned,
    control,
    sink,
    steps,
    finished: (step) => void finished.push(step.name),
    ...(jobs !== undefined && { jobs }),
  }).then(({ status }) => status);
  const state: { end?: EndStatus; error?: unknown } = {};
  done.then(
    (end) => (state.end = end),
    (error: unknown) => (state.error = error),
  );
  return { state, done, steps, control, finished, lines: () => linesOf(sink.events) };
}

describe('a stage', () => {
  it('records its start, runs all steps in parallel, and ends with the last one', async () => {
    const { state, steps, finished, lines } = start(['a', 'b']);
    expect(steps.running).toEqual(['a', 'b']);
    expect(lines()).toEqual(['stage 1 started']);
    await steps.succeed('b');
    expect(state.end).toBeUndefined();
    await steps.succeed('a');
    expect(state.end).toBe('succeeded');
    expect(finished).toEqual(['b', 'a']);
  });

  it('without steps is skipped', async () => {
    const { done } = start([]);
    expect(await done).toBe('skipped');
  });

  it('respects the limit of jobs, and starts the next step when one ends', async () => {
    const { steps } = start(['a', 'b', 'c'], { jobs: 2 });
    expect(steps.running).toEqual(['a', 'b']);
    await steps.succeed('a');
    expect(steps.started).toEqual(['a', 'b', 'c']);
    await steps.succeed('b', 'c');
  });

  it('starts a step when the steps that it needs have ended', async () => {
    const { state, steps } = start(['a', { name: 'b', needs: ['a'] }]);
    expect(steps.running).toEqual(['a']);
    await steps.succeed('a');
    expect(steps.running).toEqual(['b']);
    await steps.succeed('b');
    expect(state.end).toBe('succeeded');
  });

  it('cancels the siblings of a failed step, including those that never started', async () => {
    const { state, steps, lines } = start(['a', 'b', 'c'], { jobs: 2 });
    await steps.fail('a');
    expect(steps.orders.get('b')?.signal.reason).toMatchObject({ because: 'siblingFailed' });
    expect(lines()).toEqual(['stage 1 started', '1.1.3 cancelled siblingFailed, never started']);
    expect(state.end).toBe('failed');
    expect(steps.started).toEqual(['a', 'b']);
  });

  it('continues after an allowed failure, which counts as a success', async () => {
    const { state, steps } = start([{ name: 'a', allowFailure: true }, 'b']);
    await steps.fail('a');
    expect(steps.running).toEqual(['b']);
    await steps.succeed('b');
    expect(state.end).toBe('succeeded');
  });

  it('whose policy is to continue runs siblings after a failure, and skips direct and indirect dependents', async () => {
    const { state, steps, lines } = start(
      ['a', { name: 'b', needs: ['a'] }, { name: 'c', needs: ['b'] }, { name: 'd', needs: ['c'] }, 'e'],
      { onFailure: 'continue' },
    );
    await steps.fail('a');
    expect(lines().slice(1)).toEqual([
      '1.1.2 skipped dependencyFailed, never started',
      '1.1.3 skipped dependencyFailed, never started',
      '1.1.4 skipped dependencyFailed, never started',
    ]);
    expect(state.end).toBeUndefined();
    await steps.succeed('e');
    expect(state.end).toBe('failed');
  });

  it('of unselected steps and their dependents ends at once', async () => {
    const { done, lines } = start(['a', { name: 'b', needs: ['a'] }], { notSelected: ['a'] });
    expect(await done).toBe('skipped');
    expect(lines().slice(1)).toEqual([
      '1.1.1 skipped notSelected, never started',
      '1.1.2 skipped dependencyFailed, never started',
    ]);
  });

  it.each<EndStatus>(['cancelled', 'failed'])('counts the status of its steps: %s', async (status) => {
    const { steps, state } = start(['a', 'b']);
    await steps.succeed('b');
    if (status === 'failed') await steps.fail('a');
    else await steps.end('a', { status: 'cancelled', because: 'user' });
    expect(state.end).toBe(status);
  });
});

describe('a stage of a run that is cancelled', () => {
  it('stops running steps, cancels waiting steps at once, and is cancelled', async () => {
    const steps = new HeldSteps(false);
    const { state, control, lines } = start(['a', 'b'], { jobs: 1, steps });
    control.cancel('user');
    await settled();
    expect(steps.orders.get('a')?.signal.reason).toMatchObject({ because: 'user' });
    expect(lines().slice(1)).toEqual(['1.1.2 cancelled user, never started']);
    expect(state.end).toBeUndefined();
    await steps.end('a', { status: 'cancelled', because: 'user' });
    expect(state.end).toBe('cancelled');
  });

  it('stops at once on the second request, and its steps see which request it was', async () => {
    const { steps, control, done } = start(['a']);
    const { signal, atOnce } = steps.orders.get('a')!;
    expect([signal.aborted, atOnce.aborted]).toEqual([false, false]);
    control.stopAtOnce('shutdown');
    expect(await done).toBe('cancelled');
    expect(signal.reason).toMatchObject({ because: 'shutdown' });
    expect(atOnce).toBe(control.atOnce);
    expect(atOnce.aborted).toBe(true);
  });

  it('runs if it starts after the first request, and stops only on the second', async () => {
    const control = new RunControl();
    control.cancel('user');
    const { steps, state } = start(['a', 'b'], { control, runsIf: 'always' });
    expect(steps.running).toEqual(['a', 'b']);
    await steps.succeed('a');
    control.cancel('user');
    await settled();
    expect(steps.running).toEqual(['b']);
    control.stopAtOnce('user');
    await settled();
    expect(state.end).toBe('cancelled');
  });

  it('stops if it had started before the first request, and is resumed after it', async () => {
    const control = new RunControl();
    control.cancel('user');
    const events: RunEvent[] = [
      { type: 'stage.started', iteration: 1, stage: 1 },
      { type: 'step.started', step: '1.1.1' as never, attempt: 1 },
    ];
    const stopped = start(['a', 'b'], { control, events });
    expect(await stopped.done).toBe('cancelled');
    expect(stopped.steps.started).toEqual(['a']);
    const always = start(['a', 'b'], { control, events, runsIf: 'always' });
    expect(always.steps.running).toEqual(['a', 'b']);
  });

  it('starts no step if it starts after the second request', async () => {
    const control = new RunControl();
    control.stopAtOnce('user');
    const { done, steps, lines } = start(['a', 'b'], { control });
    expect(await done).toBe('cancelled');
    expect(steps.started).toEqual([]);
    expect(lines().slice(1)).toEqual(['1.1.1 cancelled user, never started', '1.1.2 cancelled user, never started']);
  });

  it('removes its listeners at its end', async () => {
    const { steps, control, done } = start(['a']);
    const { signal } = steps.orders.get('a')!;
    await steps.succeed('a');
    await done;
    control.stopAtOnce('user');
    expect(signal.aborted).toBe(false);
  });
});

describe('a stage whose log cannot be written', () => {
  const full = new Error('disk full');

  it('starts nothing more, waits for running steps, and rejects with the first error', async () => {
    const steps = new HeldSteps(false);
    const { state, finished, lines } = start(['a', 'b', 'c'], { jobs: 2, steps });
    await steps.break('a', full);
    expect(steps.orders.get('b')?.signal.reason).toMatchObject({ because: 'shutdown' });
    expect(steps.started).toEqual(['a', 'b']);
    expect(lines().slice(1)).toEqual(['1.1.3 cancelled shutdown, never started']);
    expect(state).toEqual({});
    await steps.break('b', new Error('another'));
    expect(state.error).toBe(full);
    expect(finished).toEqual([]);
  });
});

describe('a stage that another process started', () => {
  const begun: RunEvent[] = [
    { type: 'stage.started', iteration: 1, stage: 1 },
    { type: 'step.started', step: '1.1.1' as never, attempt: 1 },
    { type: 'step.started', step: '1.1.2' as never, attempt: 1 },
  ];
  const ended = (index: number, result = succeeding): RunEvent => ({
    type: 'step.finished',
    step: `1.1.${index}` as never,
    attempt: 1,
    outcome: result.outcome,
  });

  it('resumes running steps, keeps finished steps, and starts the rest', async () => {
    const { steps, state, lines } = start(['a', 'b', 'c'], { events: [...begun, ended(2)] });
    expect(steps.started).toEqual(['a', 'c']);
    expect(steps.orders.get('a')?.begun).toMatchObject({ status: 'inProgress', attempt: 1 });
    expect(steps.orders.get('c')).not.toHaveProperty('begun');
    expect(lines()).toEqual([]);
    await steps.succeed('a', 'c');
    expect(state.end).toBe('succeeded');
  });

  it('cancels the siblings of a failure in the log', async () => {
    const { steps, state, lines } = start(['a', 'b', 'c'], { events: [...begun, ended(2, failing())] });
    await settled();
    expect(steps.started).toEqual(['a']);
    expect(state.end).toBe('failed');
    expect(lines()).toEqual(['1.1.3 cancelled siblingFailed, never started']);
  });

  it('whose steps have all ended ends at once', async () => {
    const { done } = start(['a', 'b'], { events: [...begun, ended(1), ended(2)] });
    expect(await done).toBe('succeeded');
  });

  it('resumes running steps even when stopped at once, to stop them', async () => {
    const control = new RunControl();
    control.stopAtOnce('user');
    const { steps, done } = start(['a', 'b', 'c'], { control, events: begun });
    expect(await done).toBe('cancelled');
    expect(steps.started).toEqual(['a', 'b']);
    expect(steps.orders.get('a')?.signal.reason).toBeInstanceOf(Cancelled);
  });
});

it('a step that never started still ends, with attempt 0', () => {
  const sink = new RecordingSink();
  endUnstarted(sink, '1.1.1' as never, { status: 'skipped', because: 'condition' });
  expect(sink.events).toEqual([
    { type: 'step.finished', step: '1.1.1', attempt: 0, outcome: { status: 'skipped', because: 'condition' } },
  ]);
});

describe('any course of a stage', () => {
  const shape = fc.record({
    needs: fc.array(fc.nat(20), { maxLength: 2 }),
    allowFailure: fc.boolean(),
    notSelected: fc.boolean(),
  });
  type Move = { readonly do: 'succeed' | 'fail' | 'cancel' | 'atOnce'; readonly pick: number };
  const move: fc.Arbitrary<Move> = fc.record({
    do: fc.constantFrom('succeed', 'succeed', 'succeed', 'fail', 'fail', 'cancel', 'atOnce'),
    pick: fc.nat(20),
  });

  it('starts each step at most once, and ends each step once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(shape, { minLength: 1, maxLength: 7 }),
        fc.array(move, { maxLength: 12 }),
        fc.nat(3),
        fc.constantFrom<FailurePolicy>('cancelSiblings', 'continue'),
        async (shapes, moves, jobs, onFailure) => {
          const names = shapes.map((_, index) => `s${index}`);
          const [shaped] = stagesOf([
            {
              name: 'stage',
              steps: shapes.map(({ needs, allowFailure }, index) => ({
                name: `s${index}`,
                allowFailure,
                needs: index === 0 ? [] : [...new Set(needs.map((need) => names[need % index]!))],
              })),
            },
          ]);
          const planned: PlannedStage = {
            ...shaped!,
            onFailure,
            steps: shaped!.steps.map((step, index) =>
              shapes[index]!.notSelected ? { ...step, notSelected: true } : step,
            ),
          };
          const sink = new RecordingSink();
          const control = new RunControl();
          const held = new HeldSteps();
          const done = runStage({
            iteration: 1,
            stage: stateOf([planned]).iterations[0]!.stages[0]!,
            planned,
            jobs,
            control,
            sink,
            // The test controls the steps. The real decorator records them.
            steps: recorded(sink, new ManualClock(), {
              run: async (step, { signal, atOnce }) => await held.run(step, { signal, atOnce }),
            }),
            finished: () => undefined,
          });
          await settled();
          for (const { do: what, pick } of moves) {
            const name = held.running[pick % Math.max(1, held.running.length)];
            if (what === 'cancel') control.cancel('user');
            else if (what === 'atOnce') control.stopAtOnce('user');
            else if (name !== undefined) await (what === 'succeed' ? held.succeed(name) : held.fail(name));
            await settled();
            if (jobs > 0) expect(held.running.length).toBeLessThanOrEqual(jobs);
          }
          while (held.running.length > 0) await held.succeed(...held.running);
          const { status: end } = await done;
          // Rejects a second start, a second end, an end of another attempt, and a skip of a started step.
          const state = stateOf([planned], sink.events);
          const steps = [...state.steps.values()];
          expect(steps.filter(({ status }) => !isEnd(status))).toEqual([]);
          for (const { id } of planned.steps)
            expect(sink.having({ type: 'step.finished', step: id as string })).toHaveLength(1);
          for (const step of steps) if (step.planned.notSelected === true) expect(step.attempt).toBe(0);
          const failed = steps.some((step) => step.status === 'failed' && !step.planned.policy.allowFailure);
          expect(end === 'failed').toBe(failed);
        },
      ),
      { numRuns: 40 },
    );
  });
});
