import { expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import { problem } from '../../diagnostics/problem.ts';
import type { Examined } from '../services.ts';

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

it.for<[string[], Examined['status'], number]>([
  [['doctor'], 'missing', 0],
  [['doctor', '--on', 'kubernetes'], 'missing', 3],
  [['doctor', '--on', 'kubernetes', '--output', 'json'], 'missing', 3],
  [['doctor', '--on', 'kubernetes'], 'warning', 0],
  [['doctor', '--on', 'kubernetes'], 'ok', 0],
])('%s ends with 3 where what was named is missing: %s', async ([argv, status, code], { services, slipway }) => {
  services.examined = [
    { subject: 'kubernetes', status: 'ok', detail: 'Kubernetes 1.34', advice: [] },
    { subject: 'kubernetes pods', status, detail: 'namespace ci', advice: [] },
  ];
  expect((await slipway(argv)).code).toBe(code);
});

const misplaced = [problem('W080', undefined, { from: '--kube-context', files: '~/.kube/config', name: 'prdo', known: ['prod'] })];

it.for(['doctor', 'run'])('%s on a cluster that nobody knows says so before anything else is done', async (command, { services, slipway }) => {
  services.misplaced = misplaced;
  const { code, stdout, stderr } = await slipway([command, '--on', 'kubernetes', '--kube-context', 'prdo']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('did you mean `prod`?');
  expect(services.calls.filter((call) => /^(examine|leftovers)/.test(call))).toEqual([]);
});
