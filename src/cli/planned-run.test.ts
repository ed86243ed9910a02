import { expect } from 'vitest';
import { it } from '../../test/rigs/command-line.ts';
import { failedStory, goodStory } from '../../test/rigs/short-stories.ts';
import type { Resumed } from '../runs/run-service.ts';

it.for<[Resumed, number]>([
  [{ status: 'finished' }, 2],
  [{ status: 'held', by: 'pid 4 on here' }, 2],
  [{ status: 'unavailable', detail: 'no engine' }, 3],
])('resume that cannot be (%j) exits %d', async ([resumed, code], { services, slipway }) => {
  await services.tell(goodStory());
  services.resumed = resumed;
  expect((await slipway(['resume', '1'])).code).toBe(code);
});

it('rerun shows the new run to its end, or says why there is none', async ({ services, slipway }) => {
  await services.tell(goodStory());
  expect(await slipway(['rerun', '1'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('nothing was planned') as string,
  });
  services.again = { status: 'cancelled' };
  expect((await slipway(['rerun', '1'])).code).toBe(130);
  services.again = { status: 'driven', run: services.drive(await services.begin(), failedStory()) };
  expect(await slipway(['rerun', '1'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('exit code 3') as string,
  });
});

it('resume shows the run to its end', async ({ services, slipway }) => {
  const owned = await services.begin();
  services.resumed = { status: 'driven', run: services.drive(owned, failedStory()) };
  expect(await slipway(['resume', '1'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('exit code 3') as string,
  });
});
