import { expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import { failedStory } from '../../../test/rigs/short-stories.ts';

it('shell says what to do about a step that was not kept', async ({ services, slipway }) => {
  await services.tell(failedStory());
  expect(await slipway(['shell', '1', 'unit'])).toMatchObject({
    code: 2,
    stderr:
      'cannot open a shell: the step was not kept\n  to keep the step if it fails: slipway run --keep-failed --step unit\n',
  });
  const elsewhere = await slipway(['-C', '/home/me/shop', 'shell', '1', 'unit'], (host) => (host.cwd = '/home/me'));
  expect(elsewhere.stderr).toContain('slipway -C shop run --keep-failed --step unit');
});

it('shell says why there is none, and ends as wherever something cannot be reached', async ({ services, slipway }) => {
  await services.tell(failedStory());
  services.shut = {
    code: 'forbidden',
    detail: 'somebody may not get pods/exec; the rule that is missing:\n- {resources: [pods/exec]}',
  };
  const { code, stderr } = await slipway(['shell', '1', 'unit']);
  expect(code).toBe(3);
  expect(stderr).toMatch(/^cannot open a shell: .*\n.*may not get pods\/exec.*\n +- \{resources/);
});

it('shell ends with the code of the shell and leaves the terminal as it was', async ({ services, slipway }) => {
  await services.tell(failedStory());
  services.kept = { code: 4, on: 'container' };
  const inside = await slipway(['shell', '1', 'unit']);
  expect([inside.code, inside.stdout, inside.host.raw, inside.host.listening]).toEqual([4, '80x24', 0, 0]);
  services.kept = { code: 0, on: 'host' };
  const here = await slipway(['shell', '1', 'unit']);
  expect([here.code, here.host.ranHere, here.host.raw]).toEqual([7, ['sh'], 0]);
});
