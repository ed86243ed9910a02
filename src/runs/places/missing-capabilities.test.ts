import { wharfKinds } from '../../wharf/steps/wharf-kinds.ts';
import { expect, test } from 'vitest';
import type { PlannedStage } from '../../model/plan.ts';
import { missingCapabilities } from './missing-capabilities.ts';

const stage = (...kinds: readonly string[]) =>
  ({ name: 's', steps: kinds.map((kind) => ({ name: kind, spec: { kind } })) }) as unknown as PlannedStage;

test.each([
  ['kubernetes', [stage('docker')], /kubernetes\.builder/],
  ['host', [stage('docker', 'container')], /^this builds no images, and s\/docker does/],
  ['kubernetes', [stage('container')], undefined],
  ['kubernetes', [{ ...stage('docker'), notSelected: true as const }], undefined],
])('reports what %s lacks', (kind, stages, says) => {
  const missing = missingCapabilities({ kind, engine: 'this' }, stages, wharfKinds);
  if (says === undefined) expect(missing).toBeUndefined();
  else expect(missing).toMatch(says);
});

test('reports why images cannot be built only for steps that build images', () => {
  const runtime = {
    kind: 'kubernetes',
    engine: 'this',
    withoutImages: { because: 'builders are root', advice: 'let them' },
  };
  expect(missingCapabilities(runtime, [stage('container', 'docker')], wharfKinds)).toMatch(
    /^builders are root, and s\/docker .*\n  let them$/,
  );
  expect(missingCapabilities(runtime, [stage('container')], wharfKinds)).toBeUndefined();
  expect(missingCapabilities(runtime, [{ ...stage('docker'), notSelected: true }], wharfKinds)).toBeUndefined();
});
