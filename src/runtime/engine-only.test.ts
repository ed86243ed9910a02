import { expect, test } from 'vitest';
import { engineOnly } from './engine-only.ts';
import type { WorkloadSpec } from './runtime.ts';

const spec: WorkloadSpec = {
  ...{ name: 'slipway-a-1', labels: {}, lifetime: 'step', volumes: [], pull: 'missing' },
  containers: [{ name: 'step', image: 'app', command: ['true'], env: {}, mounts: [] }],
};

test.each<readonly [string, Partial<WorkloadSpec>, string | undefined]>([
  ['a usual step', {}, undefined],
  ["the engine's own network", { network: 'engine' }, undefined],
  ['a named network', { network: { name: 'shop' } }, 'the step joins the network shop of an engine, which X cannot do'],
  [
    'the entrypoint of an image',
    { containers: [{ ...spec.containers[0]!, entrypoint: 'image' }] },
    'the step runs the entrypoint of its image, which X cannot do',
  ],
])('%s', (_, part, detail) => {
  expect(engineOnly({ ...spec, ...part }, 'X')).toEqual(detail && { code: 'unsupported', detail });
});
