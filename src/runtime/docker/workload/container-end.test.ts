import { expect, test } from 'vitest';
import { PassThrough } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { systemClock, type Clock } from '../../../model/clock.ts';
import { containerEnd, dockerExit, exitOf, podmanExit, restartOf } from './container-end.ts';
import { EngineError, EngineLost } from '../api/engine-error.ts';
import type { EngineSession, InspectedContainer } from '../api/engine-session.ts';
import { FirstEnd } from './first-end.ts';
import { onAbort } from '../../../util/abort.ts';

const ended = (state: Partial<InspectedContainer['State']>, memory = 0) => ({
  State: { Status: 'exited', Running: false, OOMKilled: false, ExitCode: 0, ...state },
  HostConfig: { Memory: memory },
});
const limit = 512 * 2 ** 20;

test.each([
  [{ ExitCode: 0, FinishedAt: '1970-01-01T00:00:01Z' }, 0, { code: 0, at: 1_000 }],
  [{ ExitCode: 3 }, 0, { code: 3 }],
  [{ ExitCode: 137 }, 0, { code: 137, signal: 'SIGKILL' }],
  [{ ExitCode: 143, FinishedAt: '0001-01-01T00:00:00Z' }, 0, { code: 143, signal: 'SIGTERM' }],
  [{ ExitCode: 137, OOMKilled: true }, limit, { failure: { code: 'out-of-memory', limit: '512Mi' } }],
  [{ ExitCode: 0, OOMKilled: true }, limit, { code: 0 }],
])('%j', (state, memory, exit) => {
  expect(exitOf(ended(state, memory))).toEqual(exit);
});

test.each([
  ['Docker', dockerExit],
  ['Podman', podmanExit],
])('a kill by another process, if %s does not report it and memory is limited', (_, exit) => {
  expect(exit({ id: 'a' }, ended({ ExitCode: 137 }, limit))).toEqual({
    failure: { code: 'out-of-memory', limit: '512Mi' },
  });
  expect(exit({ id: 'a', killed: () => true }, ended({ ExitCode: 137 }, limit))).toEqual({
    code: 137,
    signal: 'SIGKILL',
  });
  expect(exit({ id: 'a' }, ended({ ExitCode: 137 }))).toEqual({ code: 137, signal: 'SIGKILL' });
});

const first = '2026-01-01T00:00:01.5Z';
const second = '2026-01-01T00:00:05Z';
const never = '0001-01-01T00:00:00Z';
const running = {
  Status: 'running',
  Running: true,
  OOMKilled: false,
  ExitCode: 0,
  StartedAt: first,
  FinishedAt: never,
};
const again = { ...running, StartedAt: second, FinishedAt: '2026-01-01T00:00:04Z' };
const over = { ...running, Status: 'exited', Running: false, FinishedAt: '2026-01-01T00:00:04Z' };
const began = Date.parse(first);

test.each([
  ['it runs', running, began, false],
  ['it has ended', over, began, false],
  ['it is paused', { ...running, Status: 'paused' }, began, false],
  ['it runs, and its start is unknown', running, undefined, false],
  ['it runs again', again, began, true],
  ['it runs again, and its first start is unknown', again, undefined, true],
  ['the restarted process has ended', { ...over, StartedAt: second, FinishedAt: '2026-01-01T00:00:09Z' }, began, true],
])('detects a restart: %s', (_, state, at, restarted) => {
  expect(restartOf(state, at)?.code).toBe(restarted ? 'workload-restarted' : undefined);
});

const impatient: Clock = { ...systemClock, sleep: async () => await Promise.resolve() };

/** An engine with these responses. A wait that began before the start ends like this. */
function engineOf(
  answers: (InspectedContainer['State'] | Error)[],
  wait: { body?: string; waits?: (Error | undefined)[] } = {},
) {
  const asked: string[] = [];
  const engine = {
    json: async (_: string, path: string) => {
      asked.push(path);
      if (path.endsWith('/wait')) {
        const end = wait.waits?.shift();
        if (end instanceof Error) throw end;
        return await Promise.resolve({ StatusCode: 0 });
      }
      const next = answers.length > 1 ? answers.shift() : answers[0];
      if (next instanceof Error) throw next;
      return { State: next, HostConfig: {}, Config: { Entrypoint: ['sh'] } };
    },
    open: async () => {
      const body = new PassThrough();
      if (wait.body === undefined) body.destroy(Object.assign(new Error('cut'), { code: 'ECONNRESET' }));
      else body.end(wait.body);
      return await Promise.resolve(body as unknown as IncomingMessage);
    },
  };
  return { session: { engine, flavor: 'docker', clock: impatient } as unknown as EngineSession, asked };
}

const cut = new EngineLost('cut');
const restarted = { failure: { code: 'workload-restarted' } };
test.each([
  ['green', '{"StatusCode":0}', [over], { code: 0 }],
  [
    'failed, although the state is of another process by then',
    '{"StatusCode":1}',
    [{ ...over, ExitCode: 0 }],
    { code: 1 },
  ],
  ['stopped, and restarted', '{"StatusCode":143}', [again], restarted],
  ['asked to end, exited with 0, and restarted', '{"StatusCode":0}', [again], restarted],
  ['killed, and both processes have ended', '{"StatusCode":137}', [{ ...over, StartedAt: second }], restarted],
  ['the response is cut, and it has ended', undefined, [{ ...over, ExitCode: 3 }], { code: 3 }],
  ['the response is cut, and it still runs', undefined, [running, running, { ...over, ExitCode: 3 }], { code: 3 }],
  ['the response is cut, and it runs again', undefined, [again], restarted],
  ['the response is cut, and the restarted process has ended', undefined, [{ ...over, StartedAt: second }], restarted],
  [
    'the response is cut, and the engine is away for a moment',
    undefined,
    [cut, cut, running, { ...over, ExitCode: 3 }],
    { code: 3 },
  ],
  [
    'it is removed',
    '{"StatusCode":137}',
    [new EngineError(404, 'no such container')],
    { failure: { code: 'workload-deleted' } },
  ],
  ['the engine is away', '{"StatusCode":1}', [cut], { failure: { code: 'runtime-lost' } }],
])('the end of the started process: %s', async (_, body, states, exit) => {
  const { session } = engineOf(states, body === undefined ? {} : { body });
  const firstEnd = await FirstEnd.of(session, 'a', new AbortController().signal);
  expect(await containerEnd(session, { id: 'a', startedAt: began, firstEnd })).toMatchObject(exit);
});

test('without connections from before the start, the state is inspected before and after each wait', async () => {
  const { session, asked } = engineOf([running, running, { ...over, ExitCode: 4 }], { waits: [cut, undefined] });
  expect(await containerEnd(session, { id: 'a', startedAt: began })).toMatchObject({ code: 4 });
  expect(asked.map((path) => path.split('/').at(-1))).toEqual(['json', 'wait', 'json', 'wait', 'json']);
});

test('Podman misses a restart between two checks, so the container is inspected again', async () => {
  const states = [running, running, again];
  const session = {
    flavor: 'podman',
    clock: impatient,
    engine: {
      json: async () => await Promise.resolve({ State: states.shift() ?? again, HostConfig: {}, Config: {} }),
    },
    bare: {
      json: async (_: string, __: string, { signal }: { signal: AbortSignal }) =>
        await new Promise((_resolve, reject) => {
          onAbort(signal, () => reject(new EngineLost('aborted')));
        }),
    },
  } as unknown as EngineSession;
  expect(await containerEnd(session, { id: 'c', startedAt: began })).toMatchObject(restarted);
});
