import { Server } from 'node:net';
import { expect, test, vi } from 'vitest';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { ChangeQueue } from '../../runtime/change-queue.ts';
import type { ListedWorkload, LocalDeployments } from '../../runtime/local-deployments.ts';
import { loopback } from '../../runtime/loopback-forward.ts';
import type { ContainerChange, RunningContainer } from '../../runtime/running-container.ts';
import { forwardLocally } from './local-forwards.ts';

const web = {
  ...{ name: 'web', object: 'Deployment apps n web', ports: [] },
  containers: [{ id: 'c', name: 'web', role: 'main' }],
} as unknown as ListedWorkload;

/** An engine with one container, whose forwards are counted. */
function engine() {
  const open = new Set<number>();
  const changes = new ChangeQueue<ContainerChange>();
  const container = {
    ref: { id: 'c' },
    forward: async (port: number) => {
      open.add(port);
      await Promise.resolve();
      const dispose = async () => await Promise.resolve(void open.delete(port));
      return { host: loopback, port, onRefused: () => undefined, [Symbol.asyncDispose]: dispose };
    },
  } as unknown as RunningContainer;
  changes.push({ change: 'appeared', container });
  changes.push({ change: 'connected' });
  const list = async () => await Promise.resolve({ workloads: [web] });
  return {
    open,
    engine: { list } as unknown as LocalDeployments,
    running: { watch: (_: unknown, signal: AbortSignal) => changes.read(signal) },
  };
}

const portOf = (port: number) => ({ resource: { kind: 'container', name: 'web' }, port, address: loopback }) as const;

test('closes what it opened towards a container if this machine cannot listen', async () => {
  const { open, ...on } = engine();
  const stop = new AbortController();
  const { work, observed } = recordingWork(stop.signal);
  vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
    setImmediate(() => this.emit('error', new Error('listen EADDRNOTAVAIL')));
    return this;
  });
  const ports = [portOf(80), portOf(81)];
  const outcome = forwardLocally({ ...on, set: 's', services: true, ports }, work);
  await expect.poll(() => observed).toHaveLength(2);
  expect(observed).toMatchObject([
    {
      type: 'noted',
      message: expect.stringContaining('container/web:80 is not forwarded: listen EADDRNOTAVAIL') as string,
    },
    { type: 'port.forwarded', resource: 'container/web', port: 81 },
  ]);
  expect([...open]).toEqual([81]);
  stop.abort();
  expect(await outcome).toEqual({ status: 'succeeded' });
  expect(open.size).toBe(0);
});
