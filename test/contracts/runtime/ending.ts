import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import type { Contract } from './under-test.ts';
import { inWorkspace } from './volumes.ts';

// Long enough that a test fails by its own limit if anything waits for it.
const ages = 3_600_000;

/** Stopping, disposing, and what `exited` says then. */
export function endingContract({ bench, traits }: Contract): void {
  test('stop asks first: a command that minds SIGTERM ends with its own exit code', async () => {
    const workload = await bench().start([say.exitOnTerm(7), say.print('up\n'), say.hang()]);
    await bench().hearUntil(workload, 'up');
    await workload.stop(ages);
    expect(await workload.exited('main')).toMatchObject({ code: 7 });
  });

  test('output on the way when it is stopped is not lost', async () => {
    const workload = await bench().start(
      [say.exitOnTerm(0), say.count(5_000), say.wait('go'), say.hang()],
      inWorkspace(),
    );
    const reading = bench().hear(workload);
    await bench().exec(workload, [say.write('go', '')]);
    await workload.stop(ages);
    expect((await reading).stdout.toString()).toMatch(/^1\n2\n[^]*\n4999\n5000\n$/);
  });

  test('a command that ignores SIGTERM is killed after the grace', async () => {
    const workload = await bench().start([say.ignoreTerm(), say.print('up\n'), say.hang()]);
    await bench().hearUntil(workload, 'up');
    await workload.stop(300);
    expect(await workload.exited('main')).toMatchObject({ code: 137 });
  });

  test('a shell that is the first process gets SIGTERM, though it has no trap', async () => {
    const workload = await bench().start([say.print('up\n'), say.hang()]);
    await bench().hearUntil(workload, 'up');
    await workload.stop(ages);
    expect(await workload.exited('main')).toMatchObject({ code: 143 });
  });

  test('stop again, with less grace, and after the end', async () => {
    const workload = await bench().start([say.ignoreTerm(), say.print('up\n'), say.hang()]);
    await bench().hearUntil(workload, 'up');
    const patient = workload.stop(ages);
    const impatient = workload.stop(0);
    await Promise.all([patient, impatient]);
    await workload.stop(ages);
    expect(await workload.exited('main')).toMatchObject({ code: 137 });
  });

  test('stop of one that has ended already', async () => {
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

  test('dispose while it runs: it ends, and readers do', async () => {
    const workload = await bench().start([say.ignoreTerm(), say.leaveProcess(), say.print('up\n'), say.hang()]);
    const { cursors } = await bench().hearUntil(workload, 'up');
    const reading = bench().hear(workload, cursors);
    const exited = workload.exited('main');
    await workload[Symbol.asyncDispose]();
    await Promise.all([exited, reading]);
    expect(await bench().leftovers()).toEqual([]);
  });

  test('dispose twice, at once and later', async () => {
    const workload = await bench().start([say.hang()]);
    await Promise.all([workload[Symbol.asyncDispose](), workload[Symbol.asyncDispose]()]);
    await workload[Symbol.asyncDispose]();
    expect(await bench().leftovers()).toEqual([]);
  });

  test.skipIf(!traits.restarts)(
    'restarted by somebody else: never green, and what runs then is no part of its output',
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
        // The end was seen in the moment between the stop and the new start.
        expect(exit.code).toBe(143);
        expect(stdout.toString()).toMatch(/^up\n(up\n)?$/);
      }
    },
  );

  test('several containers share volumes, and each has its own end', async () => {
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

  test.skipIf(!traits.memoryLimits)('more memory than allowed: out-of-memory', async () => {
    const workload = await bench().start([], {
      container: { memoryBytes: 32 * 1024 * 1024, command: ['tail', '/dev/zero'] },
    });
    expect(await workload.exited('main')).toMatchObject({ failure: { code: 'out-of-memory' } });
  });

  test('twenty at once', async () => {
    const runs = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => await bench().run([say.print(`I am ${i}`), say.exit(i)])),
    );
    expect(runs.map(({ stdout, exit }) => [stdout.toString(), 'code' in exit && exit.code])).toEqual(
      runs.map((_, i) => [`I am ${i}`, i]),
    );
  });
}
