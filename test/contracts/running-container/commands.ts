import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import { Cancelled } from '../../../src/model/outcome.ts';
import type { Forward } from '../../../src/runtime/runtime.ts';
import { until } from './bench.ts';
import type { RunningContract } from './under-test.ts';

/** Commands and ports. */
export function runningCommandsContract({ bench, traits }: RunningContract): void {
  const { signal } = new AbortController();

  test('runs a command: exit code, both streams, input', async () => {
    const container = await bench().running([say.hang()]);
    const heard = { stdout: '', stderr: '' };
    const exit = await container.exec(bench().argv(say.print('oh', 'stderr'), say.input(), say.exit(5)), {
      signal,
      stdin: (async function* () {
        yield Buffer.from('a'.repeat(100_000));
        yield Buffer.from('z');
      })(),
      stdout: (bytes) => void (heard.stdout += Buffer.from(bytes).toString()),
      stderr: (bytes) => void (heard.stderr += Buffer.from(bytes).toString()),
    });
    expect(exit).toMatchObject({ code: 5 });
    expect([heard.stdout === `${'a'.repeat(100_000)}z`, heard.stderr]).toEqual([true, 'oh']);
  });

  test('returns the exit code of shells for a missing command', async () => {
    const container = await bench().running([say.hang()]);
    const exit = await container.exec(['/no/such/command'], { signal });
    expect('code' in exit && [126, 127].includes(exit.code)).toBe(true);
  });

  test('a command in a container that has ended is a failure', async () => {
    const container = await bench().found([say.exit(0)]);
    await until(container, ({ state }) => state.phase === 'ended');
    expect(await container.exec(bench().argv(say.exit(0)), { signal })).toMatchObject({
      failure: { code: 'workload-deleted' },
    });
  });

  test('a command in a container that is gone is a failure', async () => {
    const watch = bench().watch();
    const name = await bench().create([say.hang()]);
    const container = await watch.appeared();
    await bench().remove(name);
    await watch.gone(name);
    expect(await container.exec(bench().argv(say.exit(0)), { signal })).toMatchObject({
      failure: { code: 'workload-deleted' },
    });
  });

  test('ends with the reason of its signal, and the container runs on', async () => {
    const container = await bench().running([say.hang()]);
    const cancel = new AbortController();
    const running = container.exec(bench().argv(say.print('running'), say.hang()), {
      signal: cancel.signal,
      stdout: () => cancel.abort(new Cancelled('user')),
    });
    await expect(running).rejects.toBeInstanceOf(Cancelled);
    await expect(container.exec(bench().argv(say.exit(0)), { signal: cancel.signal })).rejects.toBeInstanceOf(
      Cancelled,
    );
    expect(await bench().exec(container, say.print('well'))).toMatchObject({ code: 0, stdout: 'well' });
  });

  test.skipIf(!traits.network)('forwards a port, also after a restart', async () => {
    const serve =
      'rm -f /stop; (while :; do echo "hello $$" | nc -l -p 4000; done) & while [ ! -e /stop ]; do sleep 0.05; done; exit 1';
    const container = await bench().running([], { command: ['sh', '-c', serve], restart: 'always' });
    await using forward = await container.forward(4000);
    await expect.poll(async () => await heardAt(forward)).toMatch(/^hello \d+\n$/);
    // The container may end before the engine is asked for the end of this command.
    await container.exec(['touch', '/stop'], { signal });
    await until(container, ({ restarts, state }) => restarts === 1 && state.phase === 'running');
    await expect.poll(async () => await heardAt(forward)).toMatch(/^hello \d+\n$/);
  });

  test.skipIf(traits.network)('refuses to forward a port', async () => {
    const container = await bench().running([say.hang()]);
    await expect(container.forward(4000)).rejects.toMatchObject({ failure: { code: 'unsupported' } });
  });
}

async function heardAt({ host, port }: Forward): Promise<string> {
  return await new Promise((resolve) => {
    let text = '';
    const client = connect(port, host, () => client.end());
    client.on('data', (bytes) => (text += bytes.toString()));
    client.on('error', () => undefined);
    client.on('close', () => resolve(text));
  });
}
