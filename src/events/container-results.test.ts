import { describe, expect, it } from 'vitest';
import { stagesOf } from '../../test/rigs/engine-world.ts';
import { stateOf } from '../../test/rigs/held-steps.ts';
import { stepId } from '../model/ids.ts';
import type { PlannedStage } from '../model/plan.ts';
import { containerResults } from './container-results.ts';
import type { RunEvent } from './event.ts';
import { emptyRunState } from './run-state.ts';

const [stage, other] = stagesOf([
  { name: 'verify', steps: ['a', 'b'] },
  { name: 'build', steps: ['c'] },
]) as [PlannedStage, PlannedStage];
const stagesWith = (spec: object, phase: PlannedStage['phase'] = 'verify'): readonly PlannedStage[] => [
  {
    ...{ ...stage, ...(phase && { phase }) },
    steps: stage.steps.map((step) => ({ ...step, spec: { ...spec } as typeof step.spec })),
  },
  { ...other, phase: 'build' },
];
const local = { kind: 'local-container', image: { name: 'app', reference: 'app:v1' } };
const resultOf = (spec: object, ...events: readonly RunEvent[]) =>
  containerResults(
    stateOf(stagesWith(spec), [{ type: 'stage.started', iteration: 1, stage: 1 }, ...events]),
    'verify',
  )[0];

describe('where a container runs, and its image', () => {
  it.each<[string, object, object]>([
    ['on an engine', local, { image: 'app', on: 'engine' }],
    ['as a job', { ...local, kind: 'job' }, { image: 'app', on: 'cluster' }],
    ['with a secret in the name of the image', { ...local, image: { name: ['a', { secret: 1 }] } }, { on: 'engine' }],
    ['with a specification that is none', { kind: 'job', image: null }, { on: 'cluster' }],
  ])('%s', (_, spec, result) => expect(resultOf(spec)).toEqual({ name: 'a', status: 'notStarted', ...result }));
});

describe('how a container stands', () => {
  const step = stepId(1, 1, 1);
  const started: RunEvent = { type: 'step.started', step, attempt: 1 };
  const failure = { code: 'exit-nonzero', exitCode: 3 } as const;
  it.each<[string, readonly RunEvent[], object]>([
    ['it waits', [], { status: 'notStarted' }],
    ['it runs', [started], { status: 'inProgress' }],
    [
      'it failed',
      [started, { type: 'step.finished', step, attempt: 1, outcome: { status: 'failed', failure } }],
      { status: 'failed', failure },
    ],
    [
      'its image was not built',
      [{ type: 'step.finished', step, attempt: 0, outcome: { status: 'skipped', because: 'dependencyFailed' } }],
      { status: 'skipped', because: 'dependencyFailed' },
    ],
  ])('%s', (_, events, result) => expect(resultOf(local, ...events)).toMatchObject(result));
});

it('only the containers of the phase have results, in the order of the plan', () => {
  expect(containerResults(stateOf(stagesWith(local)), 'verify').map(({ name }) => name)).toEqual(['a', 'b']);
  expect(containerResults(stateOf(stagesWith(local)), 'exec')).toEqual([]);
  expect(containerResults(emptyRunState(), 'verify')).toEqual([]);
});
