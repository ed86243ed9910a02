/** Requests that change something, with lost or late responses: the object exists once, or is gone, or is reported. */
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { baseImage, engines } from '../../../../test/rigs/engines.ts';
import { engineLeftovers } from '../../../../test/rigs/leak-check.ts';
import { SocketProxy } from '../../../../test/rigs/socket-proxy.ts';
import { tarSource } from '../../../../test/rigs/tree.ts';
import { systemClock, type Clock } from '../../../model/clock.ts';
import type { Outcome } from '../../../model/outcome.ts';
import type { Observation, Work } from '../../../model/work.ts';
import type { Workload, WorkloadSpec } from '../../runtime.ts';
import { openEngine } from '../docker-provider.ts';

/** Waits a twentieth of the requested time. */
const hasty: Clock = {
  now: () => systemClock.now(),
  sleep: async (ms, signal) => await systemClock.sleep(ms / 20, signal),
};
const { signal } = new AbortController();

for (const { name, socket } of engines) {
  describe.skipIf(socket === '')(
    `answers that get lost: ${name} (SLIPWAY_TEST_${name.toUpperCase()} names the engine)`,
    () => {
      const open: AsyncDisposable[] = [];
      afterEach(async () => {
        for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
      });

      /** One workload, started through a proxy. */
      async function world(clock: Clock = systemClock) {
        const proxy = await SocketProxy.before(socket);
        const runtime = await openEngine(
          { kind: 'unix', path: proxy.path },
          { env: {}, home: '/nowhere', uid: 0, clock },
          signal,
        );
        const direct = await openEngine(
          { kind: 'unix', path: socket },
          { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
          signal,
        );
        if (typeof runtime === 'string' || typeof direct === 'string') throw new Error('the engine does not answer');
        open.push(proxy, runtime, direct);
        const run = randomBytes(6).toString('hex');
        const mounts = [{ volume: 'shared', path: '/shared' }];
        const common = { image: baseImage, env: {}, mounts };
        const spec: WorkloadSpec = {
          name: `lost-${run}`,
          labels: { 'slipway.dev/store': 'lost-answers', 'slipway.dev/run': run },
          lifetime: 'step',
          volumes: [{ name: 'shared', content: [tarSource([{ path: 'file', content: 'hello' }])] }],
          pull: 'never',
          initContainers: [{ name: 'first', command: ['true'], ...common }],
          containers: [
            {
              name: 'main',
              command: ['sh', '-c', 'cat /shared/file; echo once >> /count; cat /count; exit 3'],
              ...common,
            },
          ],
        };
        const observed: Observation[] = [];
        const cancel = new AbortController();
        const work: Work = {
          signal: cancel.signal,
          clock,
          output: { write: () => undefined, lost: () => undefined, observe: (fact) => void observed.push(fact) },
        };
        open.push({
          [Symbol.asyncDispose]: async () =>
            await direct.remove(
              { runtime: 'docker', id: '', name: spec.name, labels: spec.labels, state: 'created' },
              0,
            ),
        });
        return {
          proxy,
          cancel,
          start: async () => await runtime.start(spec, work),
          left: () => observed.flatMap((fact) => (fact.type === 'workload.left' ? [fact.workload] : [])),
          there: async () => await engineLeftovers(socket, { 'slipway.dev/run': run }),
          spec,
        };
      }

      async function outputOf(outcome: Outcome<Workload>): Promise<{ text: string; exit: unknown }> {
        if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
        const parts: Uint8Array[] = [];
        for await (const chunk of outcome.value.logs('main', {}, signal)) if ('bytes' in chunk) parts.push(chunk.bytes);
        return { text: Buffer.concat(parts).toString(), exit: await outcome.value.exited('main') };
      }

      test.each(['/volumes/create', '/containers/create', '/start'])(
        'the response to %s is cut: the work is done once',
        async (request) => {
          const w = await world();
          // More often than the client by itself asks again on a connection that it took up again.
          w.proxy.cutAnswers(request, request === '/start' ? Infinity : 3);
          const outcome = await w.start();
          expect(await outputOf(outcome)).toMatchObject({ text: 'helloonce\n', exit: { code: 3 } });
          if (outcome.status === 'succeeded') await outcome.value[Symbol.asyncDispose]();
          expect({ there: await w.there(), left: w.left() }).toEqual({ there: [], left: [] });
        },
      );

      test.each(['GET /v', '/start'])(
        'Podman looks for a process that has ended, instead of responding to %s: the work is done once',
        async (request) => {
          const w = await world();
          w.proxy.refuse(request, 'read /proc/17285/cgroup: no such process', 1);
          const outcome = await w.start();
          expect(await outputOf(outcome)).toMatchObject({ text: 'helloonce\n', exit: { code: 3 } });
          if (outcome.status === 'succeeded') await outcome.value[Symbol.asyncDispose]();
          expect({ there: await w.there(), left: w.left() }).toEqual({ there: [], left: [] });
        },
      );

      test.each([
        '/attach?',
        '/archive?',
        '/containers/create',
        '/volumes/create',
        ...(name === 'docker' ? ['/wait?'] : []),
      ])('all responses to %s are cut: nothing is left', async (request) => {
        const w = await world();
        w.proxy.cutAnswers(request, Infinity);
        expect(await w.start()).toMatchObject({ status: 'failed', failure: { code: 'runtime-lost' } });
        expect({ there: await w.there(), left: w.left() }).toEqual({ there: [], left: [] });
      });

      test('the engine disappears before it confirms a creation: the possible container is reported', async () => {
        const w = await world();
        const held = w.proxy.hold('/containers/create');
        const starting = w.start();
        await held.asked;
        await w.proxy.close();
        held.release();
        expect(await starting).toMatchObject({ status: 'failed', failure: { code: 'runtime-lost' } });
        expect(w.left()).toEqual([w.spec.name]);
        expect((await w.there()).join()).toContain(w.spec.name);
      });

      test.each(['/volumes/create', '/containers/create', '/start', '/attach?'])(
        'cancelled while the response to %s is late: it is awaited, and nothing is left',
        async (request) => {
          const w = await world();
          const held = w.proxy.hold(request);
          const starting = w.start();
          await held.asked;
          w.cancel.abort();
          held.release();
          expect(await starting).toMatchObject({ status: 'cancelled' });
          expect({ there: await w.there(), left: w.left() }).toEqual({ there: [], left: [] });
        },
      );

      test('cancelled while a creation gets no response: the wait ends, and the container is removed', async () => {
        const w = await world(hasty);
        const held = w.proxy.hold('/containers/create');
        const starting = w.start();
        await held.asked;
        w.cancel.abort();
        expect(await starting).toMatchObject({ status: 'cancelled' });
        held.release();
        expect({ there: await w.there(), left: w.left() }).toEqual({ there: [], left: [] });
      });
    },
  );
}
