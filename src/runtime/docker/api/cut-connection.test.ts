import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { engines } from '../../../../test/rigs/engines.ts';
import { SocketProxy } from '../../../../test/rigs/socket-proxy.ts';
import { systemClock } from '../../../model/clock.ts';
import type { Work } from '../../../model/work.ts';
import type { Chunk, Workload } from '../../runtime.ts';
import { openEngine } from '../docker-provider.ts';
import type { DockerRuntime } from '../docker-runtime.ts';

const { signal } = new AbortController();
const work: Work = {
  signal,
  clock: systemClock,
  output: { write: () => undefined, lost: () => undefined, observe: () => undefined },
};

/** Opens an engine that must exist. */
async function runtimeAt(path: string): Promise<DockerRuntime> {
  const runtime = await openEngine(
    { kind: 'unix', path },
    { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
    signal,
  );
  if (typeof runtime === 'string') throw new Error(runtime);
  return runtime;
}

for (const { name, socket } of engines) {
  describe.skipIf(socket === '')(
    `connections that break: ${name} (SLIPWAY_TEST_${name.toUpperCase()} names the engine)`,
    () => {
      const open: AsyncDisposable[] = [];
      afterEach(async () => {
        for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
      });

      /** A workload seen through a proxy, and the same one as its owner sees it. */
      async function started(
        script: string,
      ): Promise<{ proxy: SocketProxy; workload: Workload; go: () => Promise<unknown> }> {
        const proxy = await SocketProxy.before(socket);
        const runtime = await runtimeAt(proxy.path);
        const direct = await runtimeAt(socket);
        open.push(proxy, runtime, direct);
        const outcome = await runtime.start(
          {
            name: `cut-${randomBytes(6).toString('hex')}`,
            labels: { 'slipway.dev/store': 'cut-connection' },
            lifetime: 'step',
            volumes: [],
            pull: 'never',
            containers: [
              { name: 'main', image: 'localhost/busybox:1', command: ['sh', '-c', script], env: {}, mounts: [] },
            ],
          },
          work,
        );
        if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
        const workload = outcome.value;
        const adopted = await direct.adopt(workload.ref, work);
        if (adopted.status !== 'succeeded') throw new Error(JSON.stringify(adopted));
        // The proxy may be gone by then, so the owner removes the workload without it.
        open.push({ [Symbol.asyncDispose]: async () => await direct.remove(workload.ref, 0) });
        return { proxy, workload, go: async () => await adopted.value.exec('main', ['touch', '/go'], { signal }) };
      }

      const counting =
        'seq 1 2000; while [ ! -e /go ]; do sleep 0.02; done; seq 2001 4000; printf end; printf oh >&2; exit 3';
      const expected = `${Array.from({ length: 4_000 }, (_, i) => `${i + 1}\n`).join('')}end`;

      /** Reads to the end, and acts once everything before the pause has arrived. */
      async function read(workload: Workload, atPause: () => Promise<unknown>): Promise<Record<string, string>> {
        const chunks: Chunk[] = [];
        let paused = false;
        const text = (stream: string) =>
          Buffer.concat(
            chunks.flatMap((chunk) => (chunk.stream === stream && 'bytes' in chunk ? [chunk.bytes] : [])),
          ).toString();
        for await (const chunk of workload.logs('main', {}, signal)) {
          chunks.push(chunk);
          if (!paused && text('stdout').endsWith('\n2000\n')) {
            paused = true;
            await atPause();
          }
        }
        return { stdout: text('stdout'), stderr: text('stderr') };
      }

      test('if all connections are cut in the middle, no byte is lost or repeated, and the end is known', async () => {
        const { proxy, workload, go } = await started(counting);
        const heard = await read(workload, async () => {
          proxy.cut();
          await go();
        });
        expect(heard.stdout === expected, `${heard.stdout?.length} of ${expected.length} characters`).toBe(true);
        expect(heard.stderr).toBe('oh');
        expect(await workload.exited('main')).toMatchObject({ code: 3 });
      });

      test('the output alone may end cleanly, as a proxy does with idle connections', async () => {
        const { proxy, workload, go } = await started(counting);
        const heard = await read(workload, async () => {
          expect(proxy.end('/attach?')).toBe(1);
          await go();
        });
        expect(heard.stdout === expected, `${heard.stdout?.length} of ${expected.length} characters`).toBe(true);
        expect(await workload.exited('main')).toMatchObject({ code: 3 });
      });

      test('cut repeatedly while the command prints', async () => {
        const { proxy, workload, go } = await started(counting);
        let cuts = 0;
        await go();
        const chunks: Chunk[] = [];
        for await (const chunk of workload.logs('main', {}, signal)) {
          chunks.push(chunk);
          if (cuts++ < 5) proxy.cut();
        }
        const text = Buffer.concat(
          chunks.flatMap((chunk) => (chunk.stream === 'stdout' && 'bytes' in chunk ? [chunk.bytes] : [])),
        ).toString();
        expect(text === expected, `${text.length} of ${expected.length} characters`).toBe(true);
        expect(await workload.exited('main')).toMatchObject({ code: 3 });
      });

      test('if the engine disappears, the result is runtime-lost, and readers end', async () => {
        const { proxy, workload } = await started('seq 1 2000; sleep 1000');
        const heard = await read(workload, async () => await proxy.close());
        expect(heard.stdout).toMatch(/\n2000\n$/);
        expect(await workload.exited('main')).toMatchObject({ failure: { code: 'runtime-lost' } });
      });

      test('if the engine disappears before the start, the result is runtime-lost', async () => {
        const proxy = await SocketProxy.before(socket);
        const runtime = await runtimeAt(proxy.path);
        open.push(proxy, runtime);
        await proxy.close();
        const container = { name: 'main', image: 'localhost/busybox:1', command: ['true'], env: {}, mounts: [] };
        const outcome = await runtime.start(
          { name: 'cut-never', labels: {}, lifetime: 'step', volumes: [], pull: 'never', containers: [container] },
          work,
        );
        expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'runtime-lost' } });
      });

      test('if the engine is away during find, the result is runtime-lost, not a bug', async () => {
        const { proxy, workload } = await started('sleep 1000');
        const runtime = await runtimeAt(proxy.path);
        open.push(runtime);
        await proxy.close();
        const refused = { name: 'RuntimeRefused', failure: { code: 'runtime-lost' } };
        await expect(
          runtime.find({ 'slipway.dev/store': 'cut-connection' }, signal)[Symbol.asyncIterator]().next(),
        ).rejects.toMatchObject(refused);
        await expect(runtime.remove(workload.ref, 0)).rejects.toMatchObject(refused);
        await expect(workload.copyOut('main', '/etc', signal)).rejects.toMatchObject(refused);
      });
    },
  );
}
