import fc from 'fast-check';
import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import { Cancelled } from '../../../src/model/outcome.ts';
import { allOf } from './bench.ts';
import type { Contract } from './under-test.ts';
import { inWorkspace } from './volumes.ts';

/** Resuming from cursors, and readers that leave. */
export function logsContract({ bench, traits }: Contract): void {
  test('cursors of plain text count its bytes', async () => {
    const { cursors } = await bench().run([say.print('12345\n'), say.print('oh\n', 'stderr'), say.print('grün')]);
    expect(cursors).toEqual(traits.apart ? { stdout: 11, stderr: 3 } : { combined: 14 });
  });

  test('a new reader resumes where the last one left, and no byte is lost or repeated', async () => {
    const workload = await bench().start(
      [
        say.print('begin\n'),
        say.count(3_000),
        say.wait('go'),
        say.count(3_000),
        ...(traits.apart ? [say.print('end', 'stderr')] : []),
      ],
      inWorkspace(),
    );
    const first = await bench().hearUntil(workload, 'begin');
    await bench().exec(workload, [say.write('go', '')]);
    const rest = await bench().hear(workload, first.cursors);
    const text = first.stdout.toString() + rest.stdout.toString();
    const numbers = Array.from({ length: 3_000 }, (_, i) => `${i + 1}\n`).join('');
    expect(text === `begin\n${numbers}${numbers}`, `${text.length} characters`).toBe(true);
    if (traits.apart) expect(first.stderr.toString() + rest.stderr.toString()).toBe('end');
  });

  test('a reader that leaves at once does not block the command', async () => {
    const workload = await bench().start(
      [say.print('some\n'), say.wait('go'), say.print('more'), say.exit(4)],
      inWorkspace(),
    );
    for await (const _ of workload.logs('main', {}, new AbortController().signal)) break;
    await bench().exec(workload, [say.write('go', '')]);
    expect(await workload.exited('main')).toMatchObject({ code: 4 });
  });

  test('a signal ends reading early without an error, while the command runs on', async () => {
    const workload = await bench().start([say.print('up\n'), say.wait('go'), say.exit(4)], inWorkspace());
    const cancel = new AbortController();
    const reading = allOf(workload.logs('main', {}, cancel.signal));
    await bench().exec(workload, [say.exit(0)]);
    cancel.abort(new Cancelled('user'));
    await reading;
    expect(await allOf(workload.logs('main', {}, AbortSignal.abort(new Cancelled('user'))))).toEqual([]);
    await bench().exec(workload, [say.write('go', '')]);
    expect(await workload.exited('main')).toMatchObject({ code: 4 });
  });

  test.skipIf(!traits.replay)('reading from any cursors returns the exact rest, any number of times', async () => {
    const workload = await bench().start([
      say.print('first line\nhalf'),
      say.print('grün 💗 ', 'stderr'),
      say.count(200),
      say.print(` a line of ${'x'.repeat(20_000)}\r`, 'stderr'),
      say.print('\n\nno end'),
    ]);
    await workload.exited('main');
    const whole = await bench().hear(workload);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.stdout.length), fc.nat(whole.stderr.length), async (stdout, stderr) => {
        const rest = await bench().hear(workload, traits.apart ? { stdout, stderr } : { combined: stdout });
        expect(rest.stdout.equals(whole.stdout.subarray(stdout)), `stdout from ${stdout}`).toBe(true);
        if (traits.apart) expect(rest.stderr.equals(whole.stderr.subarray(stderr)), `stderr from ${stderr}`).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test.skipIf(!traits.replay)('two concurrent readers both get everything', async () => {
    const workload = await bench().start([say.count(2_000), say.exit(0)]);
    const [one, two] = await Promise.all([bench().hear(workload), bench().hear(workload)]);
    expect(one.stdout.equals(two.stdout)).toBe(true);
    expect(one.stdout.toString()).toMatch(/\n2000\n$/);
  });
}
