import { describe, expect, it } from 'vitest';
import { applyEvent, emptyRunState, type RunState } from '../../events/run-state.ts';
import { RunStory, type StoryStage } from '../../../test/rigs/run-story.ts';
import { findStep, stepReference } from './step-reference.ts';

function planned(...stages: StoryStage[]): RunState {
  const state = emptyRunState();
  for (const event of new RunStory(stages).begin().events) applyEvent(state, event);
  return state;
}

const state = planned(
  { name: 'test', steps: [{ name: 'unit' }, { name: 'both' }] },
  { name: 'build', steps: [{ name: 'web' }, { name: 'both' }, { name: 'test/unit' }, { name: '1.1.1' }] },
);

describe('STEP', () => {
  it.each([
    ['1.1.2', '1.1.2'],
    ['web', '1.2.1'],
    ['build/both', '1.2.2'],
    ['build/test/unit', '1.2.3'],
    ['1.1.1', '1.1.1'],
  ])('%s is step %s', (reference, id) =>
    expect(findStep(state, reference)).toMatchObject({ status: 'found', step: { planned: { id } } }),
  );

  it.each([['both'], ['test/unit']])('%s is ambiguous, with the candidates', (reference) => {
    const found = findStep(state, reference);
    expect(found).toMatchObject({ status: 'ambiguous', candidates: [{}, {}] });
  });

  it.each([['nothing'], [''], ['test'], ['test/'], ['Web']])('%j is none', (reference) =>
    expect(findStep(state, reference).status).toBe('none'),
  );

  it('is printed so that it resolves to the same step', () => {
    for (const step of state.steps.values())
      expect(findStep(state, stepReference(state, step))).toMatchObject({ status: 'found', step });
    expect([...state.steps.values()].map((step) => stepReference(state, step))).toEqual([
      'unit',
      'test/both',
      'web',
      'build/both',
      'build/test/unit',
      'build/1.1.1',
    ]);
  });

  it('is printed as an id if a terminal would not show its name as it is', () => {
    const odd = planned({ name: 'test', steps: [{ name: 'a\u202eb' }] });
    expect([...odd.steps.values()].map((step) => stepReference(odd, step))).toEqual(['1.1.1']);
  });
});
