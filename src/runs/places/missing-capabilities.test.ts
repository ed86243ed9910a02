import { containerKinds } from '../../skaffold/steps/container-kinds.ts';
import { StepKinds } from '../../steps/step-kind.ts';
import { wharfKinds } from '../../wharf/steps/wharf-kinds.ts';
import { expect, test } from 'vitest';
import type { PlannedStage } from '../../model/plan.ts';
import { fitsHost, missingCapabilities, missingContainers } from './missing-capabilities.ts';

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

const containers = new StepKinds(containerKinds({} as never));

test.each([
  [
    'host',
    ['local-container'],
    /^this has no containers, but local-container must run in one\n  run with --on docker$/,
  ],
  ['host', ['job'], undefined],
  ['docker', ['local-container'], undefined],
])('%s: reports that it cannot run %j', (kind, steps, says) => {
  const missing = missingContainers({ kind, engine: 'this' }, [stage(...steps)], containers);
  if (says === undefined) expect(missing).toBeUndefined();
  else expect(missing).toMatch(says);
});

test('the host is offered only for steps that it can run', () => {
  expect(fitsHost([stage('container')], wharfKinds)).toBe(true);
  expect(fitsHost([stage('container', 'docker')], wharfKinds)).toBe(false);
  expect(fitsHost([stage('container'), { ...stage('docker'), notSelected: true }], wharfKinds)).toBe(true);
  expect(fitsHost([stage('local-container')], containers)).toBe(false);
});
