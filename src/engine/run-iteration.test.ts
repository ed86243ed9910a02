import { describe, expect, it } from 'vitest';
import { stagesOf, type StageShape } from '../../test/rigs/engine-world.ts';
import { HeldSteps, linesOf, stateOf } from '../../test/rigs/held-steps.ts';
import { RecordingSink } from '../../test/rigs/recording-sink.ts';
import { settled } from '../../test/rigs/step-work.ts';
import type { RunEvent } from '../events/event.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { EndStatus } from '../model/status.ts';
import { RunControl } from './run-control.ts';
import { runIteration } from './run-iteration.ts';

interface Options {
  readonly control?: RunControl;
  readonly jobs?: number;
  readonly events?: readonly RunEvent[];
  readonly change?: (stages: readonly PlannedStage[]) => readonly PlannedStage[];
}

function start(shapes: readonly StageShape[], options: Options = {}) {
  const { control = new RunControl(), events = [], change = (stages) => stages } = options;
  const stages = change(stagesOf(shapes));
  const steps = new HeldSteps();
  const sink = new RecordingSink();
  const finished: string[] = [];
  const done = runIteration({
    iteration: stateOf(stages, events).iterations[0]!,
    stages,
    control,
    sink,
    steps,
    finished: (step) => void finished.push(step.name),
    ...(options.jobs !== undefined && { jobs: options.jobs }),
  });
  done.catch(() => undefined);
  return { done, steps, control, finished, sink, lines: () => linesOf(sink.events) };
}

const three: readonly StageShape[] = [
  { name: 'one', steps: ['a'] },
  { name: 'two', steps: ['b', 'c'] },
  { name: 'tidy', runsIf: 'always', steps: ['d'] },
];

describe('an iteration', () => {
  it('runs its stages in order, and returns the worst status', async () => {
    const { done, steps, finished, lines } = start(three, { jobs: 1 });
    await settled();
    expect(steps.running).toEqual(['a']);
    await steps.succeed('a');
    expect(steps.running).toEqual(['b']);
    await steps.succeed('b');
    await steps.succeed('c');
    await steps.succeed('d');
    expect(await done).toBe('succeeded');
    expect(finished).toEqual(['a', 'b', 'c', 'd']);
    expect(lines()).toEqual([
      'stage 1 started',
      'stage 1 succeeded',
      'stage 2 started',
      'stage 2 succeeded',
      'stage 3 started',
      'stage 3 succeeded',
      'iteration 1 succeeded',
    ]);
  });

  it('skips stages and their steps after a failure, except `always` stages', async () => {
    const { done, steps, lines } = start(three);
    await settled();
    await steps.fail('a');
    expect(steps.running).toEqual(['d']);
    await steps.succeed('d');
    expect(await done).toBe('failed');
    expect(lines().slice(1)).toEqual([
      'stage 1 failed',
      '1.2.1 skipped condition, never started',
      '1.2.2 skipped condition, never started',
      'stage 2 skipped condition',
      'stage 3 started',
      'stage 3 succeeded',
      'iteration 1 failed',
    ]);
  });

  it('reports what is not selected, in any stage', async () => {
    const { done, steps, lines } = start(three, {
      change: (stages) =>
        stages.map((stage, index) =>
          index === 0
            ? { ...stage, notSelected: true }
            : { ...stage, steps: stage.steps.map((step, i) => (i === 0 ? { ...step, notSelected: true } : step)) },
        ),
    });
    await settled();
    await steps.fail('c');
    expect(await done).toBe('failed');
    expect(lines()).toEqual([
      '1.1.1 skipped notSelected, never started',
      'stage 1 skipped notSelected',
      'stage 2 started',
      '1.2.1 skipped notSelected, never started',
      'stage 2 failed',
      'stage 3 started',
      '1.3.1 skipped notSelected, never started',
      'stage 3 skipped',
      'iteration 1 failed',
    ]);
  });

  it('without stages is skipped', async () => {
    const { done, lines } = start([]);
    expect(await done).toBe('skipped');
    expect(lines()).toEqual(['iteration 1 skipped']);
  });

  it('when cancelled cancels the remaining stages, and runs `always` stages', async () => {
    const { done, steps, control, lines } = start(three, {
      change: (stages) =>
        stages.map((stage) => ({
          ...stage,
          steps: stage.steps.map((step) => (step.name === 'c' ? { ...step, notSelected: true as const } : step)),
        })),
    });
    await settled();
    control.cancel('user');
    await settled();
    expect(steps.running).toEqual(['d']);
    await steps.succeed('d');
    expect(await done).toBe('cancelled');
    expect(lines().slice(1)).toEqual([
      'stage 1 cancelled',
      '1.2.1 cancelled user, never started',
      '1.2.2 skipped notSelected, never started',
      'stage 2 cancelled user',
      'stage 3 started',
      'stage 3 succeeded',
      'iteration 1 cancelled',
    ]);
  });

  it('when stopped at once starts no stage', async () => {
    const control = new RunControl();
    control.stopAtOnce('shutdown');
    const { done, steps, lines } = start(three, {
      control,
      change: (stages) => stages.map((stage, index) => (index === 0 ? { ...stage, notSelected: true } : stage)),
    });
    expect(await done).toBe('cancelled');
    expect(steps.started).toEqual([]);
    expect(lines()).toEqual([
      '1.1.1 skipped notSelected, never started',
      'stage 1 skipped notSelected',
      '1.2.1 cancelled shutdown, never started',
      '1.2.2 cancelled shutdown, never started',
      'stage 2 cancelled shutdown',
      '1.3.1 cancelled shutdown, never started',
      'stage 3 cancelled shutdown',
      'iteration 1 cancelled',
    ]);
  });

  it('rejects when the log cannot be written, and records no end', async () => {
    const { done, steps, lines } = start(three);
    await settled();
    await steps.break('a', new Error('disk full'));
    await expect(done).rejects.toThrow('disk full');
    expect(lines()).toEqual(['stage 1 started']);
  });
});

describe('an iteration that another process started', () => {
  const stage = (number: number, status?: EndStatus): RunEvent =>
    status === undefined
      ? { type: 'stage.started', iteration: 1, stage: number }
      : { type: 'stage.finished', iteration: 1, stage: number, status };
  const ended = (step: string, status: 'succeeded' | 'failed'): RunEvent[] => [
    { type: 'step.started', step: step as never, attempt: 1 },
    {
      type: 'step.finished',
      step: step as never,
      attempt: 1,
      outcome:
        status === 'succeeded'
          ? { status, value: undefined }
          : { status, failure: { code: 'exit-nonzero', exitCode: 1 } },
    },
  ];

  it('keeps finished stages, resumes the started one, and records neither again', async () => {
    const { done, steps, lines } = start(three, {
      events: [
        stage(1),
        ...ended('1.1.1', 'succeeded'),
        stage(1, 'succeeded'),
        stage(2),
        ...ended('1.2.1', 'succeeded'),
      ],
    });
    await settled();
    expect(steps.started).toEqual(['c']);
    await steps.succeed('c');
    await steps.succeed('d');
    expect(await done).toBe('succeeded');
    expect(lines()).toEqual(['stage 2 succeeded', 'stage 3 started', 'stage 3 succeeded', 'iteration 1 succeeded']);
  });

  it('includes the status of finished stages', async () => {
    const { done, steps } = start(three, {
      events: [stage(1), ...ended('1.1.1', 'failed'), stage(1, 'failed')],
    });
    await settled();
    expect(steps.started).toEqual(['d']);
    await steps.succeed('d');
    expect(await done).toBe('failed');
  });

  it('resumes a started stage even when stopped at once, to stop its running steps', async () => {
    const control = new RunControl();
    control.stopAtOnce('user');
    const { done, steps, lines } = start(three, {
      control,
      events: [stage(1), { type: 'step.started', step: '1.1.1' as never, attempt: 1 }],
    });
    expect(await done).toBe('cancelled');
    expect(steps.started).toEqual(['a']);
    expect(lines()[0]).toBe('stage 1 cancelled');
  });

  it('ends only unfinished steps of a skipped stage', async () => {
    const { done, lines } = start(
      [
        { name: 'one', steps: ['a'] },
        { name: 'two', steps: ['b', 'c'] },
      ],
      {
        events: [
          stage(1),
          ...ended('1.1.1', 'failed'),
          stage(1, 'failed'),
          {
            type: 'step.finished',
            step: '1.2.1' as never,
            attempt: 0,
            outcome: { status: 'skipped', because: 'condition' },
          },
        ],
      },
    );
    expect(await done).toBe('failed');
    expect(lines()).toEqual([
      '1.2.2 skipped condition, never started',
      'stage 2 skipped condition',
      'iteration 1 failed',
    ]);
  });

  it.each<[string, readonly RunEvent[]]>([
    ['in this process', []],
    [
      'before it was resumed',
      [stage(1), ...ended('1.1.1', 'failed'), ...ended('1.1.2', 'succeeded'), stage(1, 'failed')],
    ],
  ])('skips only the steps that need a failed step of an earlier stage, which ended %s', async (_, events) => {
    const { done, steps, lines } = start(
      [
        { name: 'build', steps: ['app', 'base'] },
        { name: 'test', runsIf: 'needs', steps: ['of-app', 'of-base'] },
      ],
      {
        events,
        change: ([build, test]) => [
          { ...build!, onFailure: 'continue' },
          { ...test!, steps: test!.steps.map((step, i) => ({ ...step, needs: [build!.steps[i]!.id] })) },
        ],
      },
    );
    await settled();
    if (events.length === 0) {
      await steps.fail('app');
      await steps.succeed('base');
    }
    expect(steps.running).toEqual(['of-base']);
    await steps.succeed('of-base');
    expect(await done).toBe('failed');
    expect(lines()).toContain('1.2.1 skipped dependencyFailed, never started');
    expect(lines()).toContain('stage 2 succeeded');
  });

  it('rejects a plan that lacks one of its stages', async () => {
    const stages = stagesOf(three);
    const sink = new RecordingSink();
    await expect(
      runIteration({
        iteration: stateOf(stages).iterations[0]!,
        stages: stages.slice(1),
        control: new RunControl(),
        sink,
        steps: new HeldSteps(),
        finished: () => undefined,
      }),
    ).rejects.toThrow('no stage 1');
  });
});
