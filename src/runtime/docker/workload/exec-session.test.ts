import { expect, test } from 'vitest';
import { ManualClock } from '../../../../test/rigs/manual-clock.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { execExit } from './exec-session.ts';

/** An engine that reports these states of a command in turn, the last one for ever. */
function reporting(...states: readonly { readonly Running: boolean; readonly ExitCode: number | null }[]) {
  const left = [...states];
  const clock = new ManualClock();
  const sleep = async (ms: number) => await clock.advance(ms);
  const json = async () => await Promise.resolve(left.length > 1 ? left.shift() : left[0]);
  return { clock: { now: () => clock.now(), sleep }, engine: { json } } as unknown as EngineSession;
}

test.each([
  ['at once', [{ Running: false, ExitCode: 3 }], 3],
  [
    'while it still runs',
    [
      { Running: true, ExitCode: null },
      { Running: false, ExitCode: 0 },
    ],
    0,
  ],
  [
    'before Podman has read it',
    [
      { Running: false, ExitCode: -1 },
      { Running: false, ExitCode: 7 },
    ],
    7,
  ],
  ['after Podman has lost it', [{ Running: false, ExitCode: -1 }], -1],
])('returns the exit code of a command: %s', async (_, states, code) => {
  expect(await execExit(reporting(...states), 'id')).toEqual({ code });
});
