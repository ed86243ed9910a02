import { expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';

it('doctor says what is there, what is missing, and what is left', async ({ services, slipway }) => {
  services.examined = [{ subject: 'docker', status: 'missing', detail: 'no engine answers', advice: ['start one'] }];
  services.leftover = {
    elsewhere: [],
    unanswered: [],
    items: [
      { kind: 'container', name: 'slipway-a', removable: true, reason: 'its run is dead' },
      { kind: 'container', name: 'slipway-b', removable: false, reason: 'kept for slipway shell' },
    ],
    clean: async (report) => {
      for (const item of services.leftover.items) if (item.removable) report(item);
      return [];
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  expect((await slipway(['doctor'])).stdout).toMatch(/missing {2}docker: no engine answers\n +start one\n\n1 thing left by dead runs[^]*slipway-a: its run is dead\n\nleft alone:\n {2}container slipway-b/);
  expect((await slipway(['doctor', '--on', 'kubernetes:prod'])).stdout).toContain('slipway doctor --clean --on kubernetes:prod removes');
  expect((await slipway(['doctor', '--clean'])).stdout).toMatch(/^removed container slipway-a\n/);
  expect(JSON.parse((await slipway(['doctor', '--output', 'json'])).stdout)).toMatchObject({ examined: [{ subject: 'docker' }], leftovers: [{}, {}], failures: [] });
  services.leftover = { ...services.leftover, unanswered: [{ where: 'kubernetes:prod', reason: 'nothing listens there' }] };
  for (const argv of [['doctor'], ['doctor', '--clean']]) expect((await slipway(argv)).code).toBe(3);
});
