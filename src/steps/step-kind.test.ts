import { expect, test } from 'vitest';
import { stepKind, StepKinds } from './step-kind.ts';

const kind = (name: string, summary: string) =>
  stepKind({
    kind: name,
    load: async () => await Promise.reject(new Error('not run here')),
    uses: () => ({}),
    text: () => ({ summary, details: [], notes: [] }),
  });

test('two front ends cannot give different kinds one name', () => {
  expect(() => new StepKinds([kind('a', 'one'), kind('b', 'two'), kind('a', 'three')])).toThrow(
    'two step kinds are called a',
  );
});

test('a kind describes its steps, and an unknown one has its name', () => {
  const kinds = new StepKinds([kind('a', 'one')]);
  expect([kinds.text({ kind: 'a' }).summary, kinds.text({ kind: 'b' }).summary]).toEqual(['one', 'b']);
  expect([kinds.has({ kind: 'a' }), kinds.has({ kind: 'b' })]).toEqual([true, false]);
  expect(() => kinds.of({ kind: 'b' })).toThrow('unknown step kind: b');
});
