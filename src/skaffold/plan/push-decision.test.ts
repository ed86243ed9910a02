import { describe, expect, it } from 'vitest';
import { isLocalCluster, pushes } from './push-decision.ts';

describe('whether images are pushed', () => {
  it.each<[boolean | undefined, boolean | undefined, string | undefined, boolean]>([
    [true, false, undefined, true],
    [false, true, 'prod', false],
    [undefined, true, 'minikube', true],
    [undefined, false, 'prod', false],
    [undefined, undefined, 'prod', true],
    [undefined, undefined, 'minikube', false],
    [undefined, undefined, undefined, false],
  ])('--push %s, configured %s, context %s: %s', (flag, configured, kubeContext, expected) => {
    expect(pushes({ flag, configured, kubeContext })).toBe(expected);
  });

  it.each([
    ['--load-images', { load: true, configured: true, kubeContext: 'kind-a' }, false],
    ['--load-images and --push', { load: true, flag: true, kubeContext: 'kind-a' }, true],
    ['--no-load-images', { load: false, kubeContext: 'kind-a' }, false],
    ['a cluster whose images are not loaded', { loadDisabled: true, kubeContext: 'kind-a' }, true],
    ['such a cluster, but push: false', { loadDisabled: true, configured: false, kubeContext: 'kind-a' }, false],
  ])('%s: %j: %s', (_, facts, expected) => {
    expect(pushes({ flag: undefined, configured: undefined, ...facts })).toBe(expected);
  });

  it.each(['minikube', 'docker-desktop', 'docker-for-desktop', 'kind-a', 'k3d-b', 'orbstack', 'colima'])(
    '%s is on this machine',
    (context) => expect(isLocalCluster(context)).toBe(true),
  );
  it.each(['kind-', 'kind', 'minikube-2', 'my-minikube', 'k3d', 'prod', ''])('%j is not', (context) => {
    expect(isLocalCluster(context)).toBe(false);
  });
});
