import { expect, it } from 'vitest';
import { ApiError, ClusterLost } from '../../../clusters/api/api-error.ts';
import { LogPermission } from './log-permission.ts';

const { signal } = new AbortController();
const forbidden = new ApiError(
  403,
  'pods "p" is forbidden: User "u" cannot get resource "pods/log" in API group "" in the namespace "n"',
);

function permission(...answers: readonly (Error | undefined)[]) {
  const left = [...answers];
  const open = async () => {
    const error = left.shift();
    return await (error === undefined ? Promise.resolve({ destroy: () => undefined } as never) : Promise.reject(error));
  };
  return { of: new LogPermission({ open }, 'n'), left };
}

it('that is missing is reported with its rule, each time until it is granted', async () => {
  const { of, left } = permission(forbidden, forbidden, undefined, forbidden);
  const told = { code: 'forbidden', detail: expect.stringContaining('resources: [pods/log], verbs: [get]') as string };
  expect([
    await of.refusal('p', signal),
    await of.refusal('p', signal),
    await of.refusal('p', signal),
    await of.refusal('p', signal),
  ]).toEqual([told, told, undefined, undefined]);
  expect(left).toEqual([forbidden]);
});

it('is requested once for steps that start together', async () => {
  const { of, left } = permission(undefined, forbidden);
  expect(await Promise.all([of.refusal('p', signal), of.refusal('q', signal), of.refusal('r', signal)])).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(left).toEqual([forbidden]);
});

it('is requested again if a step was cancelled before the response', async () => {
  const cancelled = AbortSignal.abort();
  const { of } = permission(new ClusterLost('cancelled'), forbidden);
  expect(await of.refusal('p', cancelled)).toBeUndefined();
  expect(await of.refusal('q', signal)).toMatchObject({ code: 'forbidden' });
});

it.each([
  [
    'a pod that is not running yet',
    new ApiError(400, 'container "slipway" in pod "p" is waiting to start: ContainerCreating'),
  ],
  ['a node that does not respond', new ClusterLost('connection refused')],
])('is not missing: %s', async (_, error) => {
  const { of } = permission(error);
  expect(await of.refusal('p', signal)).toBeUndefined();
});
