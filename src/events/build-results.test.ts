import { describe, expect, it } from 'vitest';
import { stateOf } from '../../test/rigs/held-steps.ts';
import { stagesOf } from '../../test/rigs/engine-world.ts';
import type { ImageArtifact } from '../model/artifact.ts';
import { stepId } from '../model/ids.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PlannedStage } from '../model/plan.ts';
import { buildResults, skaffoldBuilds } from './build-results.ts';
import type { RunEvent } from './event.ts';
import { emptyRunState } from './run-state.ts';

const [build, other] = stagesOf([
  { name: 'build', steps: ['a', 'b'] },
  { name: 'test', steps: ['c'] },
]) as [PlannedStage, PlannedStage];
const stages = [{ ...build, phase: 'build' as const }, other];

const image = (more: Partial<ImageArtifact> = {}): ImageArtifact => ({
  ...{ kind: 'image', name: 'a', id: 'sha256:1', references: ['r/a:1', 'r/a:2'], pushed: [] },
  ...more,
});
const started = (index: number): RunEvent => ({ type: 'step.started', step: stepId(1, 1, index), attempt: 1 });
const finished = (index: number, outcome: Outcome, artifact?: ImageArtifact, attempt = 1): RunEvent => ({
  ...{ type: 'step.finished', step: stepId(1, 1, index), attempt, outcome },
  ...(artifact && { artifacts: [artifact] }),
});
const succeeded: Outcome = { status: 'succeeded', value: undefined };
const failed: Outcome = { status: 'failed', failure: { code: 'exit-nonzero', exitCode: 3 } };
const resultOf = (...events: readonly RunEvent[]) =>
  buildResults(stateOf(stages, [{ type: 'stage.started', iteration: 1, stage: 1 }, ...events]))[0];

describe('the result of an artifact', () => {
  it.each<[string, readonly RunEvent[], object]>([
    ['that waits', [], { status: 'notStarted' }],
    ['that is being built', [started(1)], { status: 'inProgress' }],
    [
      'that was built',
      [started(1), finished(1, succeeded, image())],
      { status: 'succeeded', reference: 'r/a:1', id: 'sha256:1' },
    ],
    [
      'that was pushed',
      [started(1), finished(1, succeeded, image({ pushed: [{ reference: 'r/a:1', digest: 'sha256:2' }] }))],
      { status: 'succeeded', reference: 'r/a:1', id: 'sha256:1', digest: 'sha256:2' },
    ],
    [
      'that was cached',
      [started(1), finished(1, succeeded, image({ cache: { hit: true } }))],
      { status: 'succeeded', reference: 'r/a:1', id: 'sha256:1', cache: { hit: true } },
    ],
    ['that failed', [started(1), finished(1, failed)], { status: 'failed', failure: failed.failure }],
    [
      'that failed after its image was made',
      [started(1), finished(1, failed, image())],
      { status: 'failed', failure: failed.failure },
    ],
    [
      'that was skipped',
      [finished(1, { status: 'skipped', because: 'dependencyFailed' }, undefined, 0)],
      { status: 'skipped', because: 'dependencyFailed' },
    ],
    [
      'that was cancelled',
      [started(1), finished(1, { status: 'cancelled', because: 'siblingFailed' })],
      { status: 'cancelled', because: 'siblingFailed' },
    ],
  ])('%s', (_, events, result) => expect(resultOf(...events)).toEqual({ image: 'a', ...result }));
});

it('there are none before the plan', () => expect(buildResults(emptyRunState())).toEqual([]));

it('only stages of the phase `build` have results, in the order of the plan', () => {
  expect(buildResults(stateOf(stages, [])).map((result) => result.image)).toEqual(['a', 'b']);
});

it('built images are handed on with their digest, and others are left out', () => {
  expect(
    skaffoldBuilds([
      { image: 'a', status: 'succeeded', reference: 'r/a:1', id: 'sha256:1', digest: 'sha256:2' },
      { image: 'b', status: 'succeeded', reference: 'r/b:1', id: 'sha256:1' },
      { image: 'c', status: 'failed', failure: failed.failure },
      { image: 'd', status: 'inProgress' },
    ]),
  ).toEqual({
    builds: [
      { imageName: 'a', tag: 'r/a:1@sha256:2' },
      { imageName: 'b', tag: 'r/b:1' },
    ],
  });
});
