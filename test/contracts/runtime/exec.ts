import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import { Cancelled } from '../../../src/model/outcome.ts';
import type { Contract } from './under-test.ts';
import { inWorkspace } from './volumes.ts';

/** More commands in a running container. */
export function execContract({ bench }: Contract): void {
  test('returns exit codes and both streams, with the environment and working directory of the container', async () => {
    const wanted = inWorkspace([{ path: 'a', content: 'A' }]);
    const workload = await bench().start([say.hang()], {
      ...wanted,
      container: { ...wanted.container, env: { WHO: 'me' } },
    });
    await workload.ready('main', new AbortController().signal);
    const { exit, stdout, stderr } = await bench().exec(workload, [
      say.file('a'),
      say.variable('WHO'),
      say.print('oh', 'stderr'),
      say.exit(5),
    ]);
    expect([exit, stdout.toString(), stderr.toString()]).toMatchObject([{ code: 5 }, 'Ame\n', 'oh']);
  });

  test('keeps its output out of the output of the container', async () => {
    const workload = await bench().start([say.print('mine'), say.wait('go'), say.exit(0)], inWorkspace());
    expect((await bench().exec(workload, [say.print('not mine'), say.write('go', '')])).exit).toMatchObject({
      code: 0,
    });
    expect((await bench().hear(workload)).stdout.toString()).toBe('mine');
  });

  test('passes the whole input and its end', async () => {
    const workload = await bench().start([say.hang()]);
    const input = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
    const stdin = (async function* () {
      for (let at = 0; at < input.length; at += 50_000) yield input.subarray(at, at + 50_000);
    })();
    const { exit, stdout } = await bench().exec(workload, [say.input()], { stdin });
    expect(stdout.equals(input)).toBe(true);
    expect(exit).toMatchObject({ code: 0 });
  });

  test('ends with the command although the input has no end', async () => {
    const workload = await bench().start([say.hang()]);
    const endless: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: async () => await new Promise<never>(() => undefined) }),
    };
    const { exit, stdout } = await bench().exec(workload, [say.print('done'), say.exit(2)], { stdin: endless });
    expect([exit, stdout.toString()]).toMatchObject([{ code: 2 }, 'done']);
  });

  test('returns the exit code of shells for a missing command', async () => {
    const workload = await bench().start([say.hang()]);
    const exit = await workload.exec('main', ['/no/such/command'], { signal: new AbortController().signal });
    expect('code' in exit && [126, 127].includes(exit.code)).toBe(true);
  });

  test('runs several commands concurrently', async () => {
    const workload = await bench().start([say.hang()]);
    const all = await Promise.all(
      [1, 2, 3, 4, 5].map(async (i) => await bench().exec(workload, [say.print(`${i}`), say.exit(i)])),
    );
    expect(all.map(({ exit, stdout }) => [stdout.toString(), 'code' in exit && exit.code])).toEqual([
      ['1', 1],
      ['2', 2],
      ['3', 3],
      ['4', 4],
      ['5', 5],
    ]);
  });

  test('ends when it is cancelled, and the container runs on', async () => {
    const workload = await bench().start([say.exitOnTerm(6), say.wait('go'), say.exit(9)], inWorkspace());
    const cancel = new AbortController();
    const running = bench().exec(workload, [say.print('running'), say.hang()], {
      signal: cancel.signal,
      stdout: () => cancel.abort(new Cancelled('user')),
    });
    await Promise.allSettled([running]);
    await bench().exec(workload, [say.write('go', '')]);
    expect(await workload.exited('main')).toMatchObject({ code: 9 });
  });
}
