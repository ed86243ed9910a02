import { expect, test } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { ApiError } from '../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { patchObject } from './patch-object.ts';

const patched = async (kind: string, error: (tries: number) => ApiError | undefined, forMs: number) => {
  const clock = new ManualClock();
  let tries = 0;
  const exchange = async () => {
    const wrong = error(tries++);
    if (wrong !== undefined) throw wrong;
    return await Promise.resolve({ status: 201, body: { metadata: { name: 'x' } } });
  };
  const access = {
    client: { exchange } as unknown as ClusterClient,
    clock,
    signal: new AbortController().signal,
    withinMs: 1_000,
  };
  let result: unknown;
  const body = { apiVersion: 'v1', kind, metadata: { name: 'x' } };
  void patchObject(access, '/x', body, false).then((value) => (result = value));
  for (let ms = 0; ms < forMs; ms += 1_000) await clock.advance(1_000);
  return result;
};
const broken = new ApiError(500, 'the server cannot read hunter2');

test('an API server that fails each time is a problem of the object', async () => {
  expect(await patched('ConfigMap', () => broken, 30_000)).toEqual({
    problem: { detail: 'the cluster keeps failing to apply it: the server cannot read hunter2' },
  });
  expect(await patched('Secret', () => broken, 30_000)).toEqual({
    problem: {
      detail:
        'the cluster answered with HTTP 500: its message is not shown, because it may contain values of the Secret',
    },
  });
});

test('an API server that fails once, or is being replaced, is asked again', async () => {
  const done = { isNew: true, object: { metadata: { name: 'x' } } };
  expect(await patched('ConfigMap', (tries) => (tries === 0 ? broken : undefined), 30_000)).toEqual(done);
  expect(await patched('ConfigMap', () => new ApiError(502, 'HTTP 502: bad gateway'), 30_000)).toBeUndefined();
});
