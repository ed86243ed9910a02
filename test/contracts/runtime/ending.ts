import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import type { Contract } from './under-test.ts';
import { inWorkspace } from './volumes.ts';

// So long that a test that waits for it exceeds its own timeout.
const ages = 3_600_000;

/** Stopping, disposing, and the results of `exited`. */
export function endingContract({ bench, traits }: Contract): void {
  test('stop sends SIGTERM first: a command that handles it ends with its own exit code', async () => {
    const workload = await bench().start([say.exitOnTerm(7), say.print('up\n'), say.hang()]);
    await bench().hearUntil(workload, 'up');
    await workload.stop(ages);
    expect(await workload.exited('main')).toMatchObject({ code: 7 });
  });

  test('stop loses no pending output', async () => {
    const workload = await bench().start(
      [say.exitOnTerm(0), say.count(5_000), say.wait('go'), say.hang()],
      inWorkspace(),
    );
    const reading = bench().hear(workload);
    await bench().exec(workload, [say.write('go', '')]);
    await workload.stop(ages);
    expect((await reading).stdout.toString()).toMatch(/^1\n2\n[^]*\n4999\n5000\n$/);
  });

  test('stop kills a command that ignores SIGTERM after the grace period', async () => {
    const workload = await bench().start([say.ignoreTerm(), say.print('up\n'), say.hang()]);
    await bench().hearUntil(workload, 'up');
    await workload.stop(300);
    expect(await workload.exited('main')).toMatchObject({ code: 137 });
  });

  test('stop sends SIGTERM to a shell that is the first process and has no trap', async () => {
    const workload = await bench().start([say.print('up\n'), say.hang()]);
    await bench().hearUntil(workload, 'up');
    await workload.stop(ages);
    expect(await workload.exited('main')).toMatchObject({ code: 143 });
  });

  test('stop may be called again, with a shorter grace period, and after the end', async () => {
    const workload = await bench().start([say.ignoreTerm(), say.print('up\n'), say.hang()]);
    await bench().hearUntil(workload, 'up');
    const patient = workload.stop(ages);
    const impatient = workload.stop(0);
    await Promise.all([patient, impatient]);
    await workload.stop(ages);
    expect(await workload.exited('main')).toMatchObject({ code: 137 });
  });

  test('stop does nothing after the end', async () => {
    const workload = await bench().start([say.exit(3)]);
    await workload.exited('main');
    await workload.stop(ages);
    expect(await workload.exited('main')).toMatchObject({ code: 3 });
  });

  test('exited may be called again, before and after the end', async () => {
    const workload = await bench().start([say.wait('go'), say.exit(8)], inWorkspace());
    const early = [workload.exited('main'), workload.exited('main')];
    await bench().exec(workload, [say.write('go', '')]);
    const exits = [...(await Promise.all(early)), await workload.exited('main')];
    expect(exits.map((exit) => 'code' in exit && exit.code)).toEqual([8, 8, 8]);
  });

  test('dispose ends a running workload and its readers', async () => {
    const workload = await bench().start([say.ignoreTerm(), say.leaveProcess(), say.print('up\n'), say.hang()]);
    const { cursors } = await bench().hearUntil(workload, 'up');
    const reading = bench().hear(workload, cursors);
    const exited = workload.exited('main');
    await workload[Symbol.asyncDispose]();
    await Promise.all([exited, reading]);
    expect(await bench().leftovers()).toEqual([]);
  });

  test('dispose may be called twice, concurrently and later', async () => {
    const workload = await bench().start([say.hang()]);
    await Promise.all([workload[Symbol.asyncDispose](), workload[Symbol.asyncDispose]()]);
    await workload[Symbol.asyncDispose]();
    expect(await bench().leftovers()).toEqual([]);
  });

  test.skipIf(!traits.restarts)(
    'a restart by another client is a failure, and the output of the new process is ignored',
    async () => {
      const workload = await bench().start(
        [say.print('up\n'), say.wait('go'), say.print('done\n'), say.exit(0)],
        inWorkspace(),
      );
      const reading = bench().hear(workload);
      await bench().hearUntil(workload, 'up');
      await bench().restart(workload.ref);
      const exit = await workload.exited('main');
      const { stdout } = await reading;
      if ('failure' in exit) {
        expect(exit.failure.code).toBe('workload-restarted');
        expect(stdout.toString()).toBe('up\n');
      } else {
        // The end was seen between the stop and the new start.
        expect(exit.code).toBe(143);
        expect(stdout.toString()).toMatch(/^up\n(up\n)?$/);
      }
    },
  );

  test('containers share volumes, and each has its own end', async () => {
    const { image } = bench();
    const common = {
      image,
      env: {},
      mounts: [{ volume: 'shared', path: '/shared' }],
      workingDirectory: { volume: 'shared', path: '' },
    };
    const workload = await bench().startSpec({
      ...bench().spec([], { volumes: [{ name: 'shared', content: [] }] }),
      containers: [
        { name: 'main', command: bench().argv(say.wait('signal'), say.print('seen'), say.exit(1)), ...common },
        { name: 'side', command: bench().argv(say.write('signal', 'x'), say.exit(2)), ...common },
      ],
    });
    expect(await workload.exited('side')).toMatchObject({ code: 2 });
    expect(await workload.exited('main')).toMatchObject({ code: 1 });
    expect((await bench().hear(workload)).stdout.toString()).toBe('seen');
  });

  test.skipIf(!traits.memoryLimits)('a container that exceeds its memory limit fails with out-of-memory', async () => {
    const workload = await bench().start([], {
      container: { memoryBytes: 32 * 1024 * 1024, command: ['tail', '/dev/zero'] },
    });
    expect(await workload.exited('main')).toMatchObject({ failure: { code: 'out-of-memory' } });
  });

  test('twenty workloads run concurrently', async () => {
    const runs = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => await bench().run([say.print(`I am ${i}`), say.exit(i)])),
    );
    expect(runs.map(({ stdout, exit }) => [stdout.toString(), 'code' in exit && exit.code])).toEqual(
      runs.map((_, i) => [`I am ${i}`, i]),
    );
  });
}
