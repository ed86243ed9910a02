import { expect, test } from 'vitest';
import { ApiError, ClusterLost, LoginFailed } from '../clusters/api/api-error.ts';
import { clusterFailure } from './cluster-failure.ts';

const terminating = 'unable to create new content in namespace shop because it is being terminated';

test.each<[string, unknown, object | undefined]>([
  [
    'a login that failed',
    new LoginFailed('no program'),
    { code: 'forbidden', detail: expect.stringContaining('log in') as string },
  ],
  ['a lost connection', new ClusterLost('cut'), { code: 'runtime-lost', detail: 'cut', by: 'cluster' }],
  ['credentials that expired', new ApiError(401, 'Unauthorized'), { code: 'forbidden' }],
  ['a missing permission', new ApiError(403, 'pods is forbidden'), { code: 'forbidden' }],
  [
    'a namespace that is being deleted',
    new ApiError(403, `secrets "a" is forbidden: ${terminating}`),
    { code: 'apply-failed', problems: [{ object: 'namespace/shop', cause: 'no-namespace' }] },
  ],
  [
    'the same by its cause',
    new ApiError(403, 'no', 'Forbidden', { causes: [{ reason: 'NamespaceTerminating' }] }),
    { code: 'apply-failed', problems: [{ object: 'the namespace' }] },
  ],
  ['a busy server', new ApiError(503, 'later'), { code: 'runtime-lost', by: 'cluster' }],
  ['another refusal', new ApiError(400, 'no'), { code: 'unsupported', detail: 'the cluster responded: no' }],
  ['a bug', new TypeError('x'), undefined],
])('%s', (_, error, failure) => {
  if (failure === undefined) expect(clusterFailure(error)).toBeUndefined();
  else expect(clusterFailure(error)).toMatchObject(failure);
});
