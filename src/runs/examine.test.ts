import { expect, test } from 'vitest';
import { examine } from './examine.ts';

test.each([
  [0, '0 runs'],
  [1, '1 run'],
  [2, '2 runs'],
])('counts the runs of the store: %i', async (runs, detail) => {
  const machine = {
    places: { clusters: () => ({}), localWords: () => [], providers: () => Promise.resolve({}) },
    store: () => Promise.resolve({ runs: () => Promise.resolve(Array.from({ length: runs })) }),
  } as unknown as Parameters<typeof examine>[0];
  expect(await examine(machine, {}, new AbortController().signal)).toEqual([
    { subject: 'store', status: 'ok', detail, advice: [] },
  ]);
});
