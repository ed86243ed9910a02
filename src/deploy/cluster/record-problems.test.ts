import { expect, test } from 'vitest';
import { lostMeanwhile, unseenWarning } from './record-problems.ts';

const record = { name: 'slipway-a', namespace: 'n' };

test.each([
  ['all kinds were seen', 0, [], undefined],
  ['some may not be listed', 3, [], 'It did not see all: it may not list 3 kinds'],
  ['some cannot be listed', 0, ['a/v1 (down)'], 'It did not see all: the cluster cannot list a/v1 (down)'],
  ['both', 1, ['a/v1 (down)'], 'it may not list 1 kind, and the cluster cannot list a/v1 (down)'],
])('a deploy without a record, where %s', (_, forbidden, refusals, expected) => {
  const warning = unseenWarning(record, { forbidden, refusals });
  if (expected === undefined) expect(warning).toBeUndefined();
  else expect(warning).toContain(expected);
});

test('objects that are gone at the end of a deploy are named', () => {
  const of = (name: string, namespace?: string) => ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', name, change: 'created' as const },
    ...(namespace !== undefined && { namespace }),
  });
  expect(lostMeanwhile([of('a', 'n'), of('b', 'n'), of('c')], new Set(['apps/Deployment/n/a']))).toEqual([
    expect.objectContaining({ object: 'deployment.apps/b', namespace: 'n' }),
    expect.objectContaining({ object: 'deployment.apps/c' }),
  ]);
});
