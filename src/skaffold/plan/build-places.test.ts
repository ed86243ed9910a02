import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { buildPlaces, isBuiltInCluster, needsNoEngine, type PlaceFacts, type PlacesRequest } from './build-places.ts';
import type { Artifact } from './read-artifacts.ts';

describe('where an image is built', () => {
  it.each<[PlaceFacts['builder'], boolean, PlaceFacts['on'], boolean, boolean]>([
    ['docker', false, undefined, false, false],
    ['docker', true, undefined, true, true],
    ['docker', true, ['docker'], false, false],
    ['docker', false, ['kubernetes'], true, true],
    ['docker', false, ['kubernetes:ci'], true, true],
    ['docker', false, ['kubernetes', 'docker'], false, false],
    ['kaniko', false, undefined, true, true],
    ['kaniko', true, ['docker'], false, false],
    ['custom', true, undefined, false, true],
    ['custom', true, ['docker'], false, false],
    ['custom', false, undefined, false, false],
    ['ko', true, ['kubernetes'], false, true],
    ['jib', true, undefined, false, true],
    ['bazel', true, undefined, false, false],
    ['buildpacks', true, undefined, false, false],
  ])('%s, build.cluster %s, --on %s: in the cluster %s, without an engine %s', (builder, cluster, on, inside, none) => {
    expect(isBuiltInCluster({ builder, cluster, on })).toBe(inside);
    expect(needsNoEngine({ builder, cluster, on })).toBe(none);
  });
});

describe('the places of a build', () => {
  const artifact = (type: string, image: string, namespace?: string | null) =>
    ({
      image,
      builder: { type },
      ...(namespace !== null && { cluster: { ...(namespace !== undefined && { namespace }) } }),
    }) as unknown as Artifact;
  function places(artifacts: readonly Artifact[], request: Partial<PlacesRequest> = {}) {
    const found: Diagnostic[] = [];
    const report = (diagnostic: Diagnostic) => void found.push(diagnostic);
    const value = buildPlaces(artifacts, { references: new Map(), ...request }, report);
    return { value, codes: found.map(({ code }) => code) };
  }
  const builder = {
    kind: 'kaniko',
    image: 'gcr.io/kaniko-project/executor:latest',
    helperImage: 'gcr.io/k8s-skaffold/skaffold-helpers/busybox',
  };

  it.each<[string, readonly Artifact[], Partial<PlacesRequest>, unknown]>([
    ['nothing', [], {}, undefined],
    ['an engine', [artifact('docker', 'r/a', null)], {}, undefined],
    ['a cluster', [artifact('kaniko', 'r/a', 'ci')], {}, { steps: { on: ['kubernetes'], namespace: 'ci', builder } }],
    [
      'the cluster of --kube-context, without a namespace',
      [artifact('docker', 'r/a')],
      { kubeContext: 'c' },
      { steps: { on: ['kubernetes'], kubeContext: 'c', builder } },
    ],
    [
      'a cluster for commands',
      [artifact('custom', 'r/a', 'ci')],
      {},
      { steps: { on: ['kubernetes'], namespace: 'ci', builder } },
    ],
    [
      'a cluster beside an engine',
      [artifact('docker', 'r/a', null), artifact('kaniko', 'r/b', 'ci')],
      {},
      { builds: { on: ['kubernetes'], namespace: 'ci', builder } },
    ],
    [
      'a cluster beside an engine for the tests',
      [artifact('kaniko', 'r/b', 'ci')],
      { testsInContainers: true },
      { builds: { on: ['kubernetes'], namespace: 'ci', builder } },
    ],
    ['the engine of --on', [artifact('kaniko', 'r/a', 'ci')], { on: ['docker'] }, undefined],
    [
      'the cluster of --on',
      [artifact('docker', 'r/a', null), artifact('bazel', 'r/b', null)],
      { on: ['kubernetes:x'] },
      { steps: { on: ['kubernetes:x'], builder } },
    ],
  ])('are %s', (_, artifacts, request, expected) => {
    expect(places(artifacts, request)).toEqual({ value: expected, codes: [] });
  });

  it.each<[string, readonly Artifact[], Partial<PlacesRequest>, readonly string[]]>([
    ['an image without a registry', [artifact('kaniko', 'app')], {}, ['S056']],
    ['no push', [artifact('kaniko', 'r/app')], { push: false }, ['S055']],
    ['two namespaces', [artifact('kaniko', 'r/a', 'x'), artifact('kaniko', 'r/b', 'y')], {}, ['S057']],
    ['a builder that needs an engine', [artifact('bazel', 'r/a'), artifact('kaniko', 'r/b')], {}, ['S053']],
  ])('refuse %s', (_, artifacts, request, expected) => {
    expect(places(artifacts, request).codes).toEqual(expected);
  });

  it('take the registry from where the images are moved to', () => {
    expect(places([artifact('kaniko', 'app')], { references: new Map([['app', 'r/app:1']]) }).codes).toEqual([]);
  });
});
