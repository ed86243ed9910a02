import { describe, expect, test } from 'vitest';
import { systemClock } from '../../model/clock.ts';
import type { Work } from '../../model/work.ts';
import type { WorkloadSpec } from '../runtime.ts';
import { runtimeContract } from '../../../test/contracts/runtime.contract.ts';
import { alwaysExits } from './behaviour.ts';
import { FakeEngine } from './fake-engine.ts';
import { fakeRuntime } from './fake-runtime.ts';
import { verbLanguage } from './verb.ts';

runtimeContract(
  'fake',
  async () => {
    const engine = new FakeEngine();
    const open = () => fakeRuntime({ clock: systemClock, engine, hasImage: (image) => image === 'image' });
    return {
      runtime: open(),
      image: 'image',
      language: verbLanguage,
      clock: systemClock,
      reopen: async () => open(),
      restart: async ({ name }) => engine.restart(name),
      leftovers: async (labels) =>
        [...engine.workloads.values()]
          .filter(({ spec }) => Object.entries(labels).every(([key, value]) => spec.labels[key] === value))
          .map(({ spec }) => spec.name),
    };
  },
  { memoryLimits: false },
);

describe('a script', () => {
  test('prints, writes files, exits', async () => {
    const runtime = fakeRuntime({
      clock: systemClock,
      script: () => ({ does: 'exit', code: 3, stdout: 'out', stderr: 'err', files: { 'dist/a': 'A' } }),
    });
    const workload = await started(runtime, spec('one'));
    expect(await printed(workload)).toEqual(['stdout out', 'stderr err']);
    expect(await workload.exited('main')).toMatchObject({ code: 3 });
    expect(await workload.copyOut('main', '/mnt/repo/dist/a', work.signal)).toBeDefined();
    await workload[Symbol.asyncDispose]();
    expect(runtime.state.counts).toMatchObject({ started: 1, removed: 1, mostAtOnce: 1 });
  });

  test('fails the start', async () => {
    const runtime = fakeRuntime({
      clock: systemClock,
      script: () => ({ does: 'failStart', failure: { code: 'unschedulable', detail: 'no room' } }),
    });
    expect(await runtime.start(spec('one'), work)).toEqual({
      status: 'failed',
      failure: { code: 'unschedulable', detail: 'no room' },
    });
    expect(runtime.state.workloads.size).toBe(0);
  });

  test('loses the engine for all clients', async () => {
    const runtime = fakeRuntime({
      clock: systemClock,
      script: (_, { name }) => (name === 'fatal' ? { does: 'loseEngine' } : { does: 'hang', onTerm: 'ignore' }),
    });
    const other = await started(runtime, spec('other'));
    const fatal = await started(runtime, spec('fatal'));
    for (const workload of [other, fatal])
      expect(await workload.exited('main')).toMatchObject({ failure: { code: 'runtime-lost' } });
    expect(await runtime.start(spec('late'), work)).toMatchObject({
      status: 'failed',
      failure: { code: 'runtime-lost' },
    });
  });

  test('is a program', async () => {
    const runtime = fakeRuntime({
      clock: systemClock,
      script: () => ({
        does: 'run',
        program: async (process) => {
          process.print('stdout', Buffer.from(process.argv.join(' ')));
          return 0;
        },
      }),
    });
    expect(await printed(await started(runtime, spec('one')))).toEqual(['stdout sh /mnt/repo/x']);
  });
});

describe('misuse throws', () => {
  test('use after disposal', async () => {
    const workload = await started(fakeRuntime({ clock: systemClock, script: alwaysExits(0) }), spec('one'));
    await workload[Symbol.asyncDispose]();
    expect(() => workload.logs('main', {}, work.signal)).toThrow('after it was disposed');
    await expect(workload.copyOut('main', '/mnt/repo', work.signal)).rejects.toThrow('after it was disposed');
  });

  test.each([
    ['a name that is not a DNS label', { name: 'Not_A_Label' }],
    ['a name that is too long', { name: 'x'.repeat(64) }],
    ['no containers', { containers: [] }],
    ['a mount without a volume', { volumes: [] }],
  ])('%s', async (_, wrong) => {
    await expect(
      fakeRuntime({ clock: systemClock, script: alwaysExits(0) }).start({ ...spec('one'), ...wrong }, work),
    ).rejects.toThrow();
  });
});

test('an incomplete workload of a dead process is removed when it is adopted', async () => {
  const runtime = fakeRuntime({ clock: systemClock, script: alwaysExits(0) });
  runtime.state.leaveHalfMade(spec('half'));
  for await (const ref of runtime.find({}, work.signal)) {
    expect(ref.state).toBe('created');
    expect(await runtime.adopt(ref, work)).toMatchObject({ status: 'failed', failure: { code: 'start-failed' } });
  }
  expect(runtime.state.workloads.size).toBe(0);
});

test('ten thousand workloads leave nothing behind', async () => {
  const runtime = fakeRuntime({ clock: systemClock, script: alwaysExits(0), fill: 'whenUsed' });
  for (let i = 0; i < 10_000; i++) {
    const workload = await started(runtime, spec(`w-${i}`));
    for await (const _ of workload.logs('main', {}, work.signal)) throw new Error('it printed something');
    await workload.exited('main');
    await workload[Symbol.asyncDispose]();
  }
  expect(runtime.state.counts).toMatchObject({ started: 10_000, removed: 10_000, mostAtOnce: 1 });
  expect(runtime.state.workloads.size).toBe(0);
});

const work: Work = {
  signal: new AbortController().signal,
  output: { write: () => undefined, lost: () => undefined, observe: () => undefined },
  clock: systemClock,
};

function spec(name: string): WorkloadSpec {
  return {
    name,
    labels: {},
    lifetime: 'step',
    pull: 'missing',
    volumes: [{ name: 'workspace', content: [] }],
    containers: [
      {
        name: 'main',
        image: 'any',
        command: ['sh', { volume: 'workspace', path: 'x' }],
        workingDirectory: { volume: 'workspace', path: '' },
        env: {},
        mounts: [{ volume: 'workspace', path: '/mnt/repo' }],
      },
    ],
  };
}

async function started(runtime: ReturnType<typeof fakeRuntime>, wanted: WorkloadSpec) {
  const outcome = await runtime.start(wanted, work);
  if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

async function printed(workload: Awaited<ReturnType<typeof started>>): Promise<string[]> {
  const lines: string[] = [];
  for await (const chunk of workload.logs('main', {}, work.signal))
    lines.push(`${chunk.stream} ${'bytes' in chunk ? Buffer.from(chunk.bytes).toString() : chunk.lost}`);
  return lines;
}
