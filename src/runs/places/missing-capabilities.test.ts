import { wharfKinds } from '../../wharf/steps/wharf-kinds.ts';
import { expect, test } from 'vitest';
import type { PlannedStage } from '../../model/plan.ts';
import { missingCapabilities } from './missing-capabilities.ts';

const stage = (...kinds: readonly string[]) =>
  ({ name: 's', steps: kinds.map((kind) => ({ name: kind, spec: { kind } })) }) as unknown as PlannedStage;

test.each([
  [[stage('docker', 'container')], /^this cannot build images, but s\/docker builds an image\n/],
  [[stage('docker'), stage('docker')], /, but s\/docker, s\/docker build images\n/],
  [[stage('container')], undefined],
  [[{ ...stage('docker'), notSelected: true as const }], undefined],
])('reports what a runtime without images lacks: %#', (stages, says) => {
  const missing = missingCapabilities({ engine: 'this' }, stages, wharfKinds);
  if (says === undefined) expect(missing).toBeUndefined();
  else expect(missing).toMatch(says);
});

test.each([
  [['docker'], /^this cannot build images, but 1 step needs that: s\/docker\n  build with --on docker$/],
  [['docker', 'docker'], /, but 2 steps need that: s\/docker, s\/docker\n/],
])('reports what builds of a skaffold.yaml lack: %j', (kinds, says) => {
  const stages = [{ ...stage(...kinds), phase: 'build' as const }];
  expect(missingCapabilities({ engine: 'this' }, stages, wharfKinds)).toMatch(says);
  const withoutImages = { because: 'builders are root', advice: 'let them' };
  expect(missingCapabilities({ engine: 'this', withoutImages }, stages, wharfKinds)).toMatch(
    /^builders are root, but . steps? builds? (?:an image|images): s\/docker/,
  );
});

test('reports why images cannot be built only for steps that build images', () => {
  const runtime = {
    engine: 'this',
    withoutImages: { because: 'builders are root', advice: 'let them' },
  };
  expect(missingCapabilities(runtime, [stage('container', 'docker')], wharfKinds)).toMatch(
    /^builders are root, but s\/docker builds an image\n  let them$/,
  );
  expect(missingCapabilities(runtime, [stage('container')], wharfKinds)).toBeUndefined();
  expect(missingCapabilities(runtime, [{ ...stage('docker'), notSelected: true }], wharfKinds)).toBeUndefined();
});
