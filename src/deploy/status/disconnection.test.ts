import { expect, it } from 'vitest';
import { ApiError, ClusterLost, LoginFailed } from '../../clusters/api/api-error.ts';
import { clusterFailure } from '../cluster-failure.ts';
import { disconnectionFailure } from './disconnection.ts';

const rule = new ApiError(
  403,
  'deployments.apps is forbidden: User "ci" cannot list resource "deployments" in API group "apps" in the namespace "n"',
);
const away = new ClusterLost('connection refused');

it.each<readonly [what: string, error: unknown, afterMs: number, code: string | undefined]>([
  ['a missing rule fails at once', rule, 0, 'forbidden'],
  ['a starting cluster may refuse for a moment', new ApiError(401, 'Unauthorized'), 59_000, undefined],
  ['not for long', new ApiError(401, 'Unauthorized'), 60_000, 'forbidden'],
  ['a login may fail for a moment', new LoginFailed('expired'), 1_000, undefined],
  ['a cluster that is away may come back', away, 299_000, undefined],
  ['until it is lost', away, 300_000, 'runtime-lost'],
  ['a page of a proxy', new ApiError(404, 'not found'), 300_000, 'runtime-lost'],
])('a watch is disconnected: %s', (_what, error, afterMs, code) => {
  expect(
    disconnectionFailure({ since: 1_000, error }, 1_000 + afterMs, { lostAfterMs: 300_000, failureOf: clusterFailure })
      ?.code,
  ).toBe(code);
});

it('names the missing rule', () => {
  expect(clusterFailure(rule)).toMatchObject({
    detail: expect.stringContaining('ci may not list deployments') as string,
  });
});

it('leaves bugs to others', () => {
  expect(clusterFailure(new TypeError('x is undefined'))).toBeUndefined();
});
