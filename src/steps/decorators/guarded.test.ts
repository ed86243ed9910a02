import { describe, expect, it, test } from 'vitest';
import { failing, plainStep, succeeding, WorkRig } from '../../../test/rigs/step-work.ts';
import { Cancelled } from '../../model/outcome.ts';
import { RuntimeRefused } from '../../runtime/runtime-refused.ts';
import { FileError } from '../../util/file-error.ts';
import { TimedOut, type StepResult } from '../step-runner.ts';
import { guarded } from './guarded.ts';

async function resultOf(error: unknown, rig = new WorkRig()): Promise<StepResult> {
  const thrower = async (): Promise<never> => {
    throw error as Error;
  };
  return await guarded({ run: thrower }).run(plainStep(), rig.work);
}

async function failureOf(error: unknown): Promise<unknown> {
  const { outcome, artifacts } = await resultOf(error);
  expect(artifacts).toEqual([]);
  return outcome.status === 'failed' ? outcome.failure : outcome;
}

const system = (code: string) => Object.assign(new Error(`${code}: no, open '/x'`), { code, syscall: 'open' });

test('a throw is a mistake of ours, unless the system said it of a file', async () => {
  expect(await failureOf(new TypeError('x'))).toMatchObject({ code: 'internal', name: 'TypeError', message: 'x' });
  expect(await failureOf(system('EBADF'))).toMatchObject({ code: 'internal' });
  expect(await failureOf(system('EROFS'))).toEqual({ code: 'file-error', detail: "EROFS: no, open '/x'" });
  expect(await failureOf(new FileError('corrupt', 'bad tar'))).toEqual({ code: 'file-error', detail: 'bad tar' });
  expect(await failureOf(system('ENOSPC'))).toEqual({
    code: 'disk-full',
    where: 'this machine',
    detail: "ENOSPC: no, open '/x'",
  });
});

test('a refusal of the platform is its own failure', async () => {
  const lost = { code: 'runtime-lost', detail: 'away' } as const;
  expect(await failureOf(new RuntimeRefused(lost, new Error('away')))).toEqual(lost);
});

test('a mistake of ours keeps its stack, where it has one', async () => {
  const error = new Error('x');
  error.stack = 'Error: x\n at here';
  expect(await failureOf(error)).toEqual({ code: 'internal', name: 'Error', message: 'x', stack: error.stack });
  delete error.stack;
  expect(await failureOf(error)).toEqual({ code: 'internal', name: 'Error', message: 'x' });
  expect(await failureOf('text')).toEqual({ code: 'internal', name: 'string', message: 'text' });
  expect(await failureOf(undefined)).toEqual({ code: 'internal', name: 'undefined', message: 'undefined' });
});

describe('a throw of a cancelled step', () => {
  it.each<[string, (rig: WorkRig) => void, StepResult['outcome']]>([
    ['by its signal', ({ stop }) => stop.abort(new Cancelled('user')), { status: 'cancelled', because: 'user' }],
    ['at once', ({ atOnce }) => atOnce.abort(new Cancelled('shutdown')), { status: 'cancelled', because: 'shutdown' }],
    [
      'by its signal, then at once',
      ({ stop, atOnce }) => (stop.abort(new Cancelled('siblingFailed')), atOnce.abort(new Cancelled('user'))),
      { status: 'cancelled', because: 'siblingFailed' },
    ],
    [
      'by a time limit',
      ({ stop }) => stop.abort(new TimedOut(7)),
      { status: 'failed', failure: { code: 'timed-out', afterMs: 7 } },
    ],
  ])('is how it stopped: %s', async (_, abort, outcome) => {
    const rig = new WorkRig();
    abort(rig);
    expect(await resultOf(new TypeError('torn down'), rig)).toEqual({ outcome, artifacts: [] });
  });
});

it('leaves results alone, also those of cancelled steps', async () => {
  const rig = new WorkRig();
  for (const result of [succeeding, failing()])
    expect(await guarded({ run: async () => await Promise.resolve(result) }).run(plainStep(), rig.work)).toBe(result);
  rig.stop.abort(new Cancelled('user'));
  expect(await guarded({ run: async () => await Promise.resolve(succeeding) }).run(plainStep(), rig.work)).toBe(
    succeeding,
  );
});
