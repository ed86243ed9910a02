import { expect, test } from 'vitest';
import type { StepWork } from '../step-runner.ts';
import type { PlannedStep } from '../../model/plan.ts';
import { guarded } from './guarded.ts';

async function failureOf(error: Error): Promise<unknown> {
  const { signal } = new AbortController();
  const { outcome } = await guarded({ run: async () => await Promise.reject(error) }).run(
    {} as PlannedStep,
    { signal, atOnce: signal } as StepWork,
  );
  return outcome.status === 'failed' ? outcome.failure : undefined;
}

const system = (code: string) => Object.assign(new Error(`${code}: no, open '/x'`), { code, syscall: 'open' });

test('a throw is an internal failure, unless it is a file error of the system', async () => {
  expect(await failureOf(new TypeError('x'))).toMatchObject({ code: 'internal', name: 'TypeError' });
  expect(await failureOf(system('EBADF'))).toMatchObject({ code: 'internal' });
  expect(await failureOf(system('EROFS'))).toEqual({ code: 'file-error', detail: "EROFS: no, open '/x'" });
  expect(await failureOf(system('ENOSPC'))).toEqual({
    code: 'disk-full',
    where: 'this machine',
    detail: "ENOSPC: no, open '/x'",
  });
});
