import { expect, test } from 'vitest';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { ChangeQueue } from '../../runtime/change-queue.ts';
import type { LocalDeployments } from '../../runtime/local-deployments.ts';
import type { ContainerChange, RunningContainer } from '../../runtime/running-container.ts';
import { localHookContainers, podNames } from './local-hook-containers.ts';

test.each([
  ['apps/v1 Deployment default web', 'shop-web', ['web', 'web-0', 'web-0-0']],
  ['batch/v1 Job default load', 'shop-load-job', ['load', 'load-0', 'load-0-0']],
  ['apps/v1 StatefulSet default db', 'shop-db-1', ['db-1']],
  ['apps/v1 StatefulSet cart db', 'shop-cart.db-1', ['db-1']],
  ['v1 Pod default tool', 'shop-tool-pod', ['tool']],
])('the pod of %s could have the names', (object, name, names) => {
  expect(podNames({ object, name }, 'shop')).toEqual(names);
});

test('tells replicas apart, by the names that --tail shows', async () => {
  const changes = new ChangeQueue<ContainerChange>();
  const names = ['shop-web', 'shop-web-1'];
  for (const id of names) changes.push({ change: 'appeared', container: { ref: { id } } as RunningContainer });
  changes.push({ change: 'connected' });
  const workloads = names.map((name) => ({
    ...{ name, object: 'apps/v1 Deployment default web' },
    containers: [{ id: name, name: 'app', role: 'main', state: 'running' }],
  }));
  const engine = { list: async () => await Promise.resolve({ workloads }) } as unknown as LocalDeployments;
  const running = { watch: (_: unknown, signal: AbortSignal) => changes.read(signal) };
  const hooks = localHookContainers({ engine, running, name: 'shop' });
  expect(await hooks.find({ podName: 'web-*' }, recordingWork().work)).toMatchObject({
    value: [
      { pod: 'shop-web', container: 'app' },
      { pod: 'shop-web-1', container: 'app' },
    ],
  });
});
