import { expect, it } from 'vitest';
import { RunStory } from '../../test/rigs/run-story.ts';
import { applyEvent, emptyRunState } from '../events/run-state.ts';
import type { RunCondition } from '../model/plan.ts';
import type { EndStatus } from '../model/status.ts';
import { stageReason, stepReason } from './describe-outcome.ts';

it.each<[RunCondition, EndStatus[], string]>([
  ['success', ['failed'], 'an earlier stage failed'],
  ['success', ['cancelled'], 'an earlier stage was cancelled'],
  ['success', ['cancelled', 'skipped'], 'an earlier stage was cancelled'],
  ['success', ['cancelled', 'failed'], 'an earlier stage failed'],
  ['fail', ['succeeded'], 'no earlier stage failed'],
  ['fail', ['cancelled'], 'no earlier stage failed'],
  ['fail', ['failed'], 'the run was cancelled'],
])('a stage for %s after %j: %s', (runsIf, before, expected) => {
  const names = before.map((_, i) => `stage-${i}`);
  const stages = [...names.map((name) => ({ name, steps: [] })), { name: 'last', runsIf, steps: [{ name: 'step' }] }];
  const story = new RunStory(stages).begin();
  before.forEach((status, i) => story.stageFinished(names[i] ?? '', status));
  story.finished('last/step', { status: 'skipped', because: 'condition' }, 0);
  story.stageFinished('last', 'skipped', 'condition');
  const state = emptyRunState();
  for (const event of story.events) applyEvent(state, event);
  const last = state.iterations[0]?.stages.at(-1);
  const [step] = last?.steps ?? [];
  if (last === undefined || step === undefined) throw new Error('the story has no last step');
  expect([stageReason(state, last), stepReason(state, step)]).toEqual([expected, expected]);
});

it('a stage whose steps were all skipped by themselves has their reason', () => {
  const story = new RunStory([{ name: 'verify', steps: [{ name: 'rules' }] }]).begin();
  story.finished('verify/rules', { status: 'skipped', because: 'dependencyFailed' }, 0);
  story.stageFinished('verify', 'skipped');
  const state = emptyRunState();
  for (const event of story.events) applyEvent(state, event);
  const stage = state.iterations[0]?.stages[0];
  expect(stage && stageReason(state, stage)).toBe('a dependency failed');
});
