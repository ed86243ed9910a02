/** Finding workloads on an engine whose filters let too much through, as Podman's filter of volumes does. */
import { expect, test } from 'vitest';
import type { EngineSession } from './api/engine-session.ts';
import { DockerRuntime } from './docker-runtime.ts';

const ours = { 'slipway.dev/store': 'a', 'slipway.dev/workload': 'one' };
const theirs = { 'slipway.dev/store': 'b', 'slipway.dev/workload': 'two' };

test('finds only what has all labels', async () => {
  const listed = (Labels: object) => ({ Id: 'c', State: 'exited', Created: 1, Labels });
  const json = async (_: string, path: string) =>
    await Promise.resolve(
      path === '/volumes'
        ? {
            Volumes: [
              { Name: 'v', Labels: { ...ours, 'slipway.dev/workload': 'three' } },
              { Name: 'w', Labels: theirs },
            ],
          }
        : [listed(ours), listed({ ...theirs, 'slipway.dev/workload': 'four' })],
    );
  const runtime = new DockerRuntime(
    { engine: { json }, address: { kind: 'unix', path: '/none' } } as unknown as EngineSession,
    'Podman',
  );
  const found: string[] = [];
  for await (const { name } of runtime.find({ 'slipway.dev/store': 'a' }, new AbortController().signal))
    found.push(name);
  expect(found.sort()).toEqual(['one', 'three']);
});
