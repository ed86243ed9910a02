import { expect, test } from 'vitest';
import type { Artifact } from '../../model/artifact.ts';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import type { PlannedImage } from '../plan/deploy-spec.ts';
import { runImages } from './run-images.ts';

const image = (pushed: boolean): Artifact => ({
  ...{ kind: 'image', name: 'app', id: 'sha256:id', references: ['r/app:1'] },
  pushed: pushed ? [{ reference: 'r/app:1', digest: 'sha256:d' }] : [],
});
const planned = (from: PlannedImage['from']): PlannedImage => ({
  name: 'app',
  reference: 'r/app:1',
  from,
  insecure: false,
});

test.each([
  ['a pushed image has its digest', 'built', [image(true)], 'cluster', 'r/app:1@sha256:d'],
  ['an image of the engine has its id there', 'built', [image(false)], 'engine', 'sha256:id'],
  ['and its tag elsewhere', 'built', [image(false)], 'cluster', 'r/app:1'],
  ['a given image stays', 'given', [], 'cluster', 'r/app:1'],
] as const)('%s', async (_, from, made, by, reference) => {
  const work = { signal: new AbortController().signal, clock: new ManualClock() };
  expect(await runImages([planned(from)], made, { by }, { env: {}, home: '/' }, work)).toEqual({
    status: 'succeeded',
    value: [{ name: 'app', reference }],
  });
});

test.each([
  ['cluster', { platforms: ['linux/arm64'] }],
  // Its only platform is that of its machine.
  ['engine', {}],
] as const)('%s: platforms', async (by, platforms) => {
  const work = { signal: new AbortController().signal, clock: new ManualClock() };
  const wanted = { ...planned('built'), platforms: ['linux/arm64'] };
  expect(await runImages([wanted], [image(true)], { by }, { env: {}, home: '/' }, work)).toEqual({
    status: 'succeeded',
    value: [{ name: 'app', reference: 'r/app:1@sha256:d', ...platforms }],
  });
});
