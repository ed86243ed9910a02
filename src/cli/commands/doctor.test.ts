import { describe, expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import type { FakeServices } from '../../../test/rigs/fake-services.ts';
import { goodStory, openStory } from '../../../test/rigs/short-stories.ts';
import type { RunId } from '../../model/ids.ts';
import { problem } from '../../operator/problem.ts';
import type { Examined } from '../../runs/inspection.ts';
import type { Leftover } from '../../runs/cleanup/cleanup.ts';

it('doctor says what is there, what is missing, and what is left', async ({ services, slipway }) => {
  services.examined = [{ subject: 'docker', status: 'missing', detail: 'no engine answers', advice: ['start one'] }];
  services.leftover = {
    elsewhere: [],
    unanswered: [],
    items: [
      { kind: 'container', name: 'slipway-a', interrupted: false, removable: true, reason: 'its run is dead' },
      { kind: 'container', name: 'slipway-b', interrupted: false, removable: false, reason: 'kept for slipway shell' },
    ],
    clean: async (report) => {
      for (const item of services.leftover.items) if (item.removable) report(item);
      return [];
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  expect((await slipway(['doctor'])).stdout).toMatch(
    /missing {2}docker: no engine answers\n +start one\n\n1 thing left by dead runs[^]*slipway-a: its run is dead\n\nkept:\n {2}container slipway-b/,
  );
  expect((await slipway(['doctor', '--on', 'kubernetes:prod'])).stdout).toContain(
    'to remove: slipway doctor --clean --on kubernetes:prod',
  );
  expect((await slipway(['doctor', '--clean'])).stdout).toMatch(/^removed container slipway-a\n/);
  expect(JSON.parse((await slipway(['doctor', '--output', 'json'])).stdout)).toMatchObject({
    examined: [{ subject: 'docker' }],
    leftovers: [{}, {}],
    failures: [],
  });
  services.leftover = {
    ...services.leftover,
    unanswered: [{ where: 'kubernetes:prod', reason: 'connection refused' }],
  };
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

describe('doctor --clean', () => {
  const runs = ['01k9x3aaaaaaaaaaaaaaaaaaaa', '01k9x3bbbbbbbbbbbbbbbbbbbb'] as RunId[];
  const left = (run: number, interrupted: boolean): Leftover => ({
    kind: 'pod',
    name: `slipway-${run}`,
    run: runs[run] as RunId,
    number: 1,
    project: `/p${run}`,
    interrupted,
    removable: true,
    reason: '',
  });

  function leave(services: FakeServices, ...items: Leftover[]): string[] {
    const removed: string[] = [];
    services.leftover = {
      ...services.leftover,
      items,
      clean: async (report, wanted = () => true) => {
        for (const item of items.filter(wanted)) report((removed.push(item.name), item));
        return [];
      },
    };
    return removed;
  }

  it('names the interrupted runs of all projects that it ends', async ({ services, slipway }) => {
    const removed = leave(services, left(0, true), left(1, false));
    const { stdout } = await slipway(['doctor', '--clean']);
    expect(stdout).toContain('--clean ends 1 interrupted run');
    expect(stdout).toContain(`#1 of /p0  ${runs[0]}\n`);
    expect(stdout).toContain('removed pod slipway-1, #1 of /p1\n');
    expect(removed).toEqual(['slipway-0', 'slipway-1']);
    expect((await slipway(['doctor'])).stdout).toContain('--clean ends 1 interrupted run');
  });

  it.for<[string, string[]]>([
    ['y', ['slipway-0', 'slipway-1']],
    ['', ['slipway-1']],
    ['n', ['slipway-1']],
  ])('asks at a terminal before it ends them: %j', async ([answer, expected], { services, slipway }) => {
    const removed = leave(services, left(0, true), left(1, false));
    await slipway(['doctor', '--clean'], (host) => {
      host.stdin.isTerminal = host.stdout.isTerminal = true;
      host.answers.push(answer);
    });
    expect(removed).toEqual(expected);
  });

  it('does not ask where one run is named, or no interrupted one is among them', async ({ services, slipway }) => {
    for (const [argv, items] of [
      [['doctor', '--clean', runs[0] ?? ''], [left(0, true)]],
      [['doctor', '--clean'], [left(1, false)]],
    ] as const) {
      const removed = leave(services, ...items);
      const { host } = await slipway(argv, ({ stdin, stdout }) => void (stdin.isTerminal = stdout.isTerminal = true));
      expect(host.questions).toEqual([]);
      expect(removed).toHaveLength(1);
    }
  });

  it('of one run looks for what that run left, by number or by an id that was pruned', async ({
    services,
    slipway,
  }) => {
    const id = await services.tell(goodStory());
    await slipway(['doctor', '--clean', '1']);
    await slipway(['doctor', '--clean', (runs[0] ?? '').toUpperCase(), '--on', 'docker']);
    await slipway(['doctor', 'latest']);
    expect(services.calls.filter((call) => /^(examine|leftovers)/.test(call))).toEqual([
      `leftovers ${JSON.stringify({ run: id })}`,
      `leftovers ${JSON.stringify({ on: ['docker'], run: runs[0] })}`,
      `leftovers ${JSON.stringify({ run: id })}`,
    ]);
  });

  it('of one run says what is left of it, or that nothing is', async ({ services, slipway }) => {
    await services.tell(goodStory());
    expect((await slipway(['doctor', '1'])).stdout).toBe('nothing is left of run 1\n');
    leave(services, left(0, false));
    expect((await slipway(['doctor', '1'])).stdout).toMatch(
      /^1 thing left by run 1; to remove: slipway doctor --clean 1\n {2}pod slipway-0, #1 of \/p0: /,
    );
    services.leftover = {
      ...services.leftover,
      items: [],
      unanswered: [{ where: 'docker', reason: 'connection refused' }],
    };
    expect(await slipway(['doctor', '1'])).toMatchObject({
      code: 3,
      stdout: 'cannot check docker: connection refused\n',
    });
  });

  it('of a run that goes on touches nothing', async ({ services, slipway }) => {
    await services.tell(openStory(), { release: false });
    const { code, stderr } = await slipway(['doctor', '--clean', '1']);
    expect([code, stderr]).toEqual([
      2,
      'run 1 is still running and keeps its containers; to cancel it: slipway cancel 1\n',
    ]);
    expect(services.calls.filter((call) => call.startsWith('leftovers'))).toEqual([]);
  });
});

const misplaced = [
  problem('W080', undefined, { from: '--kube-context', files: '~/.kube/config', name: 'prdo', known: ['prod'] }),
];

it.for(['doctor', 'run'])(
  '%s on a cluster that nobody knows says so before anything else is done',
  async (command, { services, slipway }) => {
    services.misplaced = misplaced;
    const { code, stdout, stderr } = await slipway([command, '--on', 'kubernetes', '--kube-context', 'prdo']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('did you mean `prod`?');
    expect(services.calls.filter((call) => /^(examine|leftovers)/.test(call))).toEqual([]);
  },
);
