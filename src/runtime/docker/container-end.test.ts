import { expect, test } from 'vitest';
import { dockerExit, exitOf, podmanExit } from './container-end.ts';
import type { InspectedContainer } from './engine-session.ts';

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
])('a kill that was not ours, where %s does not tell and memory is limited', (_, exit) => {
  expect(exit({ id: 'a' }, ended({ ExitCode: 137 }, limit))).toEqual({ failure: { code: 'out-of-memory', limit: '512Mi' } });
  expect(exit({ id: 'a', killed: () => true }, ended({ ExitCode: 137 }, limit))).toEqual({ code: 137, signal: 'SIGKILL' });
  expect(exit({ id: 'a' }, ended({ ExitCode: 137 }))).toEqual({ code: 137, signal: 'SIGKILL' });
});
