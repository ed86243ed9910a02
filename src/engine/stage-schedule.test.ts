import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepId, type StepId } from '../model/ids.ts';
import type { FailurePolicy, PlannedStep } from '../model/plan.ts';
import { isEnd, type StepStatus } from '../model/status.ts';
import { nextMoves } from './stage-schedule.ts';

interface Shape {
  readonly needs?: readonly number[];
  readonly allowFailure?: boolean;
  readonly notSelected?: boolean;
}

function stepsOf(shapes: readonly Shape[]): PlannedStep[] {
  return shapes.map((shape, index) => ({
    id: stepId(1, 1, index + 1),
    name: `step-${index + 1}`,
    needs: (shape.needs ?? []).map((need) => stepId(1, 1, need + 1)),
    policy: { retries: 0, allowFailure: shape.allowFailure ?? false },
    artifacts: [],
    cache: [],
    spec: { kind: 'container', image: 'i', commands: ['true'], shell: '/bin/sh', os: 'linux', env: {} },
    ...(shape.notSelected === true && { notSelected: true as const }),
  }));
}

function moves(
  shapes: readonly Shape[],
  statuses: readonly StepStatus[],
  jobs?: number,
  onFailure: FailurePolicy = 'cancelSiblings',
) {
  const steps = stepsOf(shapes);
  const byId = new Map(steps.map((step, index) => [step.id, statuses[index] ?? 'notStarted']));
  const next = nextMoves({
    steps,
    onFailure,
    status: (id) => byId.get(id) ?? 'notStarted',
    ...(jobs !== undefined && { jobs }),
  });
  return {
    start: next.start.map((s) => s.name),
    skip: next.skip.map((s) => `${s.step.name}: ${s.because}`),
    cancel: next.cancel,
  };
}

describe('a step that needs a step of an earlier stage', () => {
  it.each<[StepStatus | undefined, 'start' | 'skip']>([
    ['succeeded', 'start'],
    ['failed', 'skip'],
    ['cancelled', 'skip'],
    ['skipped', 'skip'],
    [undefined, 'skip'],
  ])('%s: %s', (status, expected) => {
    const [step] = stepsOf([{}]);
    const earlier = new Map(status === undefined ? [] : [[stepId(1, 0, 1), status] as const]);
    const planned = { ...step!, needs: [stepId(1, 0, 1)] };
    const next = nextMoves({ steps: [planned], onFailure: 'continue', status: () => 'notStarted', earlier });
    expect(next).toEqual({
      start: expected === 'start' ? [planned] : [],
      skip: expected === 'skip' ? [{ step: planned, because: 'dependencyFailed' }] : [],
      cancel: undefined,
    });
  });
});

describe('nextMoves', () => {
  it('starts all steps in parallel if none needs another', () => {
    expect(moves([{}, {}, {}], [])).toEqual({ start: ['step-1', 'step-2', 'step-3'], skip: [], cancel: undefined });
  });

  it('starts at most `jobs` steps, in the order of the file', () => {
    expect(moves([{}, {}, {}], [], 2).start).toEqual(['step-1', 'step-2']);
    expect(moves([{}, {}, {}], ['inProgress'], 2).start).toEqual(['step-2']);
    expect(moves([{}, {}, {}], ['succeeded', 'inProgress'], 2).start).toEqual(['step-3']);
    expect(moves([{}, {}, {}], [], 0).start).toHaveLength(3);
  });

  it('waits for the needs of a step', () => {
    expect(moves([{}, { needs: [0] }], []).start).toEqual(['step-1']);
    expect(moves([{}, { needs: [0] }], ['inProgress']).start).toEqual([]);
    expect(moves([{}, { needs: [0] }], ['succeeded']).start).toEqual(['step-2']);
  });

  it('cancels the siblings of a failed step, unless its failure is allowed or the stage continues', () => {
    expect(moves([{}, {}], ['failed', 'inProgress']).cancel).toBe('siblingFailed');
    expect(moves([{ allowFailure: true }, {}], ['failed', 'inProgress']).cancel).toBeUndefined();
    expect(moves([{}, {}], ['failed', 'inProgress'], undefined, 'continue').cancel).toBeUndefined();
  });

  it('skips steps that can never start, through any number of needs', () => {
    expect(moves([{}, { needs: [0] }, { needs: [1] }], ['failed'], undefined, 'continue').skip).toEqual([
      'step-2: dependencyFailed',
      'step-3: dependencyFailed',
    ]);
    expect(moves([{ notSelected: true }, { needs: [0] }], []).skip).toEqual([
      'step-1: notSelected',
      'step-2: dependencyFailed',
    ]);
    expect(moves([{ allowFailure: true }, { needs: [0] }], ['failed']).start).toEqual(['step-2']);
  });

  it('brings any stage to its end: each step ends once, within the limit of jobs, after its needs', () => {
    const shape = fc.array(
      fc.record({
        allowFailure: fc.boolean(),
        notSelected: fc.boolean(),
        needs: fc.array(fc.nat(30), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(
        shape,
        fc.nat(4),
        fc.constantFrom<FailurePolicy>('cancelSiblings', 'continue'),
        fc.infiniteStream(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 9 }))),
        (shapes, jobs, onFailure, chance) => {
          const steps = stepsOf(
            shapes.map((s, index) => ({ ...s, needs: index === 0 ? [] : [...new Set(s.needs.map((n) => n % index))] })),
          );
          const status = new Map<StepId, StepStatus>(steps.map((s) => [s.id, 'notStarted']));
          const of = (id: StepId): StepStatus => status.get(id) ?? 'notStarted';
          const endOnce = (id: StepId, end: StepStatus) => {
            expect(isEnd(of(id))).toBe(false);
            status.set(id, end);
          };
          for (let turn = 0; turn < 200 && steps.some((s) => !isEnd(of(s.id))); turn++) {
            const next = nextMoves({ steps, onFailure, status: of, jobs });
            for (const { step, because } of next.skip)
              endOnce(step.id, because === 'notSelected' ? 'skipped' : 'skipped');
            if (next.cancel !== undefined) for (const s of steps) if (!isEnd(of(s.id))) endOnce(s.id, 'cancelled');
            for (const step of next.start) {
              expect(of(step.id)).toBe('notStarted');
              for (const need of step.needs) expect(['succeeded', 'failed']).toContain(of(need));
              status.set(step.id, 'inProgress');
            }
            const running = steps.filter((s) => of(s.id) === 'inProgress');
            if (jobs > 0) expect(running.length).toBeLessThanOrEqual(jobs);
            const [pick, luck] = chance.next().value as [number, number];
            const one = running[pick % Math.max(1, running.length)];
            if (one !== undefined) endOnce(one.id, luck < 7 ? 'succeeded' : 'failed');
          }
          expect(steps.every((s) => isEnd(of(s.id)))).toBe(true);
        },
      ),
    );
  });
});
