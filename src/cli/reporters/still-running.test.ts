import { expect, test } from 'vitest';
import type { StepState } from '../../events/run-state.ts';
import { stillRunning } from './still-running.ts';

const step = (name: string, state: Partial<StepState> = {}) =>
  ({ planned: { name }, stage: 'test', status: 'inProgress', streams: {}, startedAt: 0, ...state }) as StepState;
const waits = (name: string) =>
  step(name, { workload: name, lastFact: { type: 'noted', level: 'info', message: 'waiting for a node' } });
const many = (make: (name: string) => StepState) => [...'abcdefg'].map(make);

test.each<[string, readonly StepState[], readonly string[]]>([
  ['nothing', [step('a', { status: 'succeeded' })], []],
  ['what runs', [step('a'), step('b')], ['still running: test/a 1m 00s, test/b 1m 00s']],
  [
    'what waits is not said to run',
    [waits('a'), step('b')],
    ['still running: test/b 1m 00s', 'not running yet: test/a 1m 00s: waiting for a node'],
  ],
  [
    'many that run',
    many((name) => step(name)),
    ['still running: test/a 1m 00s, test/b 1m 00s, test/c 1m 00s, test/d 1m 00s, test/e 1m 00s and 2 more'],
  ],
])('%s', (_, steps, expected) => {
  expect(stillRunning(steps, 60_000)).toEqual(expected);
});

test('names the first of many waiting steps, and counts the others', () => {
  const lines = stillRunning(many(waits), 60_000);
  expect(lines).toHaveLength(5);
  expect(lines.at(-1)).toMatch(/test\/e .* and 2 more$/);
});
