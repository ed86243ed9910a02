import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { noKubernetesSettings } from '../../../model/kubernetes-settings.ts';
import type { ContainerSpec, WorkloadSpec } from '../../runtime.ts';
import { helperMounts } from './helper-mounts.ts';
import { gatesOf, helperImageOf, podOf } from './pod-specification.ts';

const step: ContainerSpec = {
  name: 'step',
  image: 'localhost/busybox:1',
  command: ['/bin/sh', '-e', { volume: 'script', path: 'step' }, '$(HOME) $$ $'],
  workingDirectory: { volume: 'workspace', path: '' },
  env: { A: '$(HOME)', CONFIG: { volume: 'script', path: 'config' } },
  mounts: [
    { volume: 'workspace', path: '/mnt/repo' },
    { volume: 'script', path: '/.slipway' },
  ],
  memoryBytes: 64 * 2 ** 20,
};
const spec: WorkloadSpec = {
  name: 'slipway-a-1',
  labels: { 'slipway.dev/run': 'a', 'slipway.dev/step': '1.1.1' },
  annotations: { 'slipway.dev/step-name': 'unit tests' },
  lifetime: 'step',
  containers: [step],
  volumes: [
    { name: 'workspace', content: [] },
    { name: 'script', content: [], confidential: true },
  ],
  pull: 'missing',
};
const settings = { ...noKubernetesSettings, helperImage: 'tools/helper' };
const first: ContainerSpec = {
  name: 'first',
  image: 'one',
  command: ['true'],
  env: {},
  mounts: [{ volume: 'workspace', path: '/w/' }],
};

describe('a pod with gates', () => {
  const pod = podOf(spec, settings, { form: 'gated' });

  it('has the helper first, then the containers, each behind its gate, with labels', () => {
    expect(pod.metadata).toMatchObject({
      name: 'slipway-a-1',
      labels: {
        'app.kubernetes.io/managed-by': 'slipway',
        'app.kubernetes.io/name': 'slipway',
        'app.kubernetes.io/component': 'step',
        'slipway.dev/run': 'a',
        'slipway.dev/step': '1.1.1',
      },
      annotations: { 'slipway.dev/step-name': 'unit tests' },
    });
    expect(pod.spec).toMatchObject({
      restartPolicy: 'Never',
      enableServiceLinks: false,
      automountServiceAccountToken: false,
    });
    expect(pod.spec.initContainers).toBeUndefined();
    expect(pod.spec.containers.map(({ name, image, imagePullPolicy }) => [name, image, imagePullPolicy])).toEqual([
      ['slipway', 'tools/helper', 'IfNotPresent'],
      ['step', 'localhost/busybox:1', 'IfNotPresent'],
    ]);
  });

  it('passes the command unchanged: what Kubernetes would replace is escaped', () => {
    const [, container] = pod.spec.containers;
    expect(container).toMatchObject({
      args: ['/bin/sh', '-e', '/.slipway/step', '$$(HOME) $$$$ $$'],
      env: [
        { name: 'A', value: '$$(HOME)' },
        { name: 'CONFIG', value: '/.slipway/config' },
      ],
      workingDir: '/mnt/repo',
      resources: { limits: { memory: '67108864' } },
    });
    expect(container?.command?.slice(-2)).toEqual(['slipway-gate', 'step']);
    expect(container?.command?.[2]?.replaceAll('$$', '')).not.toContain('$');
  });

  it('has volumes that are removed with it, the confidential ones in memory, and the helper sees the same paths', () => {
    expect(pod.spec.volumes).toEqual([
      { name: 'workspace', emptyDir: {} },
      { name: 'script', emptyDir: { medium: 'Memory' } },
      { name: 'slipway-control', emptyDir: { medium: 'Memory' } },
    ]);
    const mounts = pod.spec.containers.map(({ volumeMounts }) => volumeMounts);
    expect(mounts[0]).toEqual(mounts[1]);
    expect(mounts[0]).toContainEqual({ name: 'slipway-control', mountPath: '/.slipway-pod' });
  });

  it('opens init containers before the others', () => {
    const both = { ...spec, initContainers: [first] };
    expect(gatesOf(both)).toEqual([
      { container: 'first', paths: ['/w'] },
      { container: 'step', paths: ['/w', '/.slipway'] },
    ]);
    expect(
      podOf(both, noKubernetesSettings, { form: 'gated' }).spec.containers.map(({ name, image }) => [name, image]),
    ).toEqual([
      ['slipway', 'one'],
      ['first', 'one'],
      ['step', 'localhost/busybox:1'],
    ]);
  });
});

it('a pod without gates is filled by an init container, and runs its own commands', () => {
  const pod = podOf({ ...spec, initContainers: [first] }, settings, { form: 'raw' });
  expect(pod.spec.initContainers?.map(({ name, image }) => [name, image])).toEqual([
    ['slipway-fill', 'tools/helper'],
    ['first', 'one'],
  ]);
  expect(pod.spec.containers.map(({ name }) => name)).toEqual(['slipway', 'step']);
  expect(pod.spec.containers[1]).toMatchObject({ command: ['/bin/sh', '-e', '/.slipway/step', '$$(HOME) $$$$ $$'] });
  expect(pod.spec.containers[1]).not.toHaveProperty('lifecycle');
  expect(pod.spec.containers[1]?.volumeMounts).not.toContainEqual(expect.objectContaining({ name: 'slipway-control' }));
});

it.each([
  ['missing', 'IfNotPresent', 'IfNotPresent'],
  ['always', 'Always', 'IfNotPresent'],
  ['never', 'Never', 'Never'],
] as const)('pull %s', (pull, ofStep, ofHelper) => {
  const { containers } = podOf({ ...spec, pull }, settings, { form: 'gated' }).spec;
  expect(containers.map(({ imagePullPolicy }) => imagePullPolicy)).toEqual([ofHelper, ofStep]);
});

it('the account is that of the step, and only then its permissions are mounted', () => {
  const pod = podOf({ ...spec, serviceAccount: 'builder' }, settings, { form: 'gated' });
  expect(pod.spec).toMatchObject({ serviceAccountName: 'builder' });
  expect(pod.spec).not.toHaveProperty('automountServiceAccountToken');
});

it('the pod that Slipway runs in owns it', () => {
  expect(podOf(spec, settings, { form: 'gated', owner: { name: 'ci-0', uid: 'u' } }).metadata.ownerReferences).toEqual([
    { apiVersion: 'v1', kind: 'Pod', name: 'ci-0', uid: 'u' },
  ]);
});

it('two volumes with one path get separate paths in the helper', () => {
  const other: ContainerSpec = { ...first, name: 'other', mounts: [{ volume: 'script', path: '/w' }] };
  const clash = { ...spec, containers: [first, other] };
  expect(helperMounts(clash)).toEqual([
    { volume: 'workspace', path: '/w' },
    { volume: 'script', path: '/.slipway-volumes/script' },
  ]);
  expect(helperImageOf(clash, noKubernetesSettings)).toBe('one');
});

const kubeconfig = process.env['SLIPWAY_TEST_KUBECONFIG'];

/** Creates nothing but a namespace: the server answers a dry run. */
it.skipIf(kubeconfig === undefined).each([
  ['gated', true],
  ['raw', true],
  ['gated', false],
] as const)(
  'a %s pod, restricted %s, in a namespace that enforces `restricted`',
  (form, restricted) => {
    const kubectl = (args: readonly string[], input = '') =>
      execFileSync('kubectl', ['--kubeconfig', kubeconfig ?? '', ...args], { input, encoding: 'utf8', stdio: 'pipe' });
    const namespace = `slipway-pod-${process.pid}-${form}-${String(restricted)}`;
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    // With an account of its own: the default one of a new namespace appears late.
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'builder', namespace } };
    const items = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }, account];
    try {
      kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      const made = { ...spec, serviceAccount: 'builder', initContainers: [{ ...first, image: step.image }] };
      const pod = podOf(
        made,
        { ...settings, ...(restricted && { restricted: { user: 1000, group: 1000 } }) },
        { form },
      );
      const apply = () =>
        kubectl(['-n', namespace, 'apply', '--dry-run=server', '-o', 'name', '-f', '-'], JSON.stringify(pod));
      if (restricted) expect(apply().trim()).toBe('pod/slipway-a-1');
      else expect(apply).toThrow(/violates PodSecurity/);
    } finally {
      kubectl(['delete', 'namespace', namespace, '--wait=false', '--ignore-not-found']);
    }
  },
  120_000,
);

it('has its own template over that of the operator, and its own helper', () => {
  const own = {
    metadata: { labels: { team: 'x', 'slipway.dev/run': 'other' } },
    spec: {
      nodeSelector: { disk: 'ssd' },
      automountServiceAccountToken: true,
      containers: [{ name: 'step', env: [{ name: 'MORE', value: '1' }] }],
    },
  };
  const operator = { spec: { nodeSelector: { disk: 'hdd', zone: 'a' }, priorityClassName: 'ci' } };
  const pod = podOf(
    { ...spec, template: own, helperImage: 'own/helper' },
    { ...settings, podTemplate: operator },
    { form: 'gated' },
  );
  expect(pod.metadata.labels).toMatchObject({ team: 'x', 'slipway.dev/run': 'a' });
  expect(pod.spec).toMatchObject({
    nodeSelector: { disk: 'ssd', zone: 'a' },
    priorityClassName: 'ci',
    automountServiceAccountToken: true,
    containers: [{ name: 'slipway', image: 'own/helper' }, { name: 'step' }],
  });
  expect(pod.spec.containers[1]?.env).toEqual(expect.arrayContaining([{ name: 'MORE', value: '1' }]));
});
