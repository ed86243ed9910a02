import { expect, it } from 'vitest';
import { ApiError, ClusterLost } from '../../../clusters/api/api-error.ts';
import { commandExit, exitOfCommand } from './command-exit.ts';

it.each([
  [{ code: 3 }, { code: 3 }],
  [
    {
      refused:
        'OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown',
    },
    { code: 127 },
  ],
  [
    {
      refused:
        'OCI runtime exec failed: exec failed: unable to start container process: exec: "/etc/passwd": permission denied: unknown',
    },
    { code: 126 },
  ],
  [
    { refused: 'container not found ("step")' },
    { failure: { code: 'start-failed', detail: 'container not found ("step")', by: 'cluster' } },
  ],
])('%j', (end, exit) => expect(exitOfCommand(end)).toEqual(exit));

const said = 'pods "p" is forbidden: User "u" cannot get resource "pods/exec" in API group "" in the namespace "n"';
it.each([
  [
    'a missing permission',
    new ApiError(403, said),
    { code: 'forbidden', detail: expect.stringContaining('resources: [pods/exec], verbs: [get]') as string },
  ],
  ['a missing pod', new ApiError(404, 'pods "p" not found'), { code: 'workload-deleted' }],
  ['a lost cluster', new ClusterLost('the connection broke'), { code: 'runtime-lost', by: 'cluster' }],
])('is a failure, not an exit code of the command: %s', async (_, error, failure) => {
  expect(await commandExit(async () => await Promise.reject(error), 'n', new AbortController().signal)).toMatchObject({
    failure,
  });
});

it('is neither if Slipway closes the connection, nor for bugs', async () => {
  const stopped = AbortSignal.abort(new Error('stopped'));
  await expect(commandExit(async () => await Promise.reject(new ClusterLost('closed')), 'n', stopped)).rejects.toThrow(
    'stopped',
  );
  await expect(
    commandExit(async () => await Promise.reject(new TypeError('a bug')), 'n', new AbortController().signal),
  ).rejects.toThrow('a bug');
});
