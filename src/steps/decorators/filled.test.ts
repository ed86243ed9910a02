import { expect, it } from 'vitest';
import { containerSpec, plainStep, succeeding, WorkRig } from '../../../test/rigs/step-work.ts';
import type { PlannedStep } from '../../model/plan.ts';
import { filled } from './filled.ts';

it('hands on the step with its specification filled in, and nothing else changed', async () => {
  const seen: unknown[] = [];
  const { work } = new WorkRig();
  const step = plainStep();
  const result = await filled((spec) => ({ ...spec, image: 'filled:1' }) as typeof spec)({
    run: async (given: PlannedStep, givenWork) => (seen.push(given, givenWork), await Promise.resolve(succeeding)),
  }).run(step, work);
  expect(seen).toEqual([{ ...step, spec: { ...containerSpec, image: 'filled:1' } }, work]);
  expect(seen[1]).toBe(work);
  expect(step.spec.image).toBe('busybox:1');
  expect(result).toBe(succeeding);
});

it('fills in again at every run, and rejects with what cannot be filled in', async () => {
  let fills = 0;
  const runner = filled((spec) => {
    fills += 1;
    if (fills > 2) throw new Error('no such variable');
    return spec;
  })({ run: async () => await Promise.resolve(succeeding) });
  const { work } = new WorkRig();
  await runner.run(plainStep(), work);
  await runner.run(plainStep(), work);
  await expect(runner.run(plainStep(), work)).rejects.toThrow('no such variable');
});
