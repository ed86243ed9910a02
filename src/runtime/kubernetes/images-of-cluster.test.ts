import { expect, test } from 'vitest';
import { noKubernetesSettings, type KubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { ClusterSession } from './cluster-session.ts';
import { KubernetesRuntime } from './kubernetes-runtime.ts';

const builder = { kind: 'kaniko', image: 'kaniko:1' } as const;
const restricted = { user: 1000, group: 1000 };

test.each<[string, Partial<KubernetesSettings>, { images: boolean; because?: RegExp }]>([
  ['nothing', {}, { images: false, because: /no image builder/ }],
  ['a builder', { builder }, { images: true }],
  ['restricted pods', { restricted }, { images: false, because: /no image builder/ }],
  [
    'a builder in restricted pods, where it cannot be root',
    { builder, restricted },
    { images: false, because: /^kaniko .*`kubernetes\.restricted`/ },
  ],
])('images are built with the settings: %s', (_, settings, { images, because }) => {
  const runtime = new KubernetesRuntime(
    { settings: { ...noKubernetesSettings, ...settings } } as ClusterSession,
    'a cluster',
  );
  expect(runtime.images !== undefined).toBe(images);
  if (because === undefined) expect(runtime.withoutImages).toBeUndefined();
  else {
    expect(runtime.withoutImages?.because).toMatch(because);
    expect(runtime.withoutImages?.advice).toContain('--on docker');
  }
});
