import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PodTemplate } from '../../../model/kubernetes-settings.ts';
import { overTemplate } from './pod-template.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';

const ours: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'slipway-a-1', labels: { 'slipway.dev/run': 'a' } },
  spec: {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'slipway',
        image: 'helper',
        command: ['/bin/sh'],
        volumeMounts: [{ name: 'workspace', mountPath: '/mnt/repo' }],
      },
      {
        name: 'step',
        image: 'step',
        command: ['/bin/sh'],
        args: ['make'],
        env: [{ name: 'CI', value: 'true' }],
        resources: { limits: { memory: '1' } },
        volumeMounts: [{ name: 'workspace', mountPath: '/mnt/repo' }],
      },
      { name: 'side', image: 'side' },
    ],
    volumes: [
      { name: 'workspace', emptyDir: {} },
      { name: 'script', emptyDir: { medium: 'Memory' } },
    ],
  },
};

const under = (spec: PodTemplate['spec'], metadata: PodTemplate['metadata'] = {}) =>
  overTemplate({ metadata, ...(spec && { spec }) }, ours, { enableServiceLinks: false });
const container = (pod: Pod, name: string) => pod.spec.containers.find((one) => one.name === name);

describe('a template', () => {
  it('if absent changes nothing', () => {
    expect(overTemplate(undefined, ours)).toEqual(ours);
  });

  it('adds fields; defaults are below it, ours above', () => {
    const pod = under(
      {
        nodeSelector: { disk: 'fast' },
        tolerations: [{ key: 'a' }],
        enableServiceLinks: true,
        restartPolicy: 'Always',
      },
      { name: 'x', labels: { team: 'b', 'slipway.dev/run': 'x' }, annotations: { c: 'd' } },
    );
    expect(pod.metadata).toEqual({
      name: 'slipway-a-1',
      labels: { team: 'b', 'slipway.dev/run': 'a' },
      annotations: { c: 'd' },
    });
    expect(pod.spec).toMatchObject({
      nodeSelector: { disk: 'fast' },
      tolerations: [{ key: 'a' }],
      enableServiceLinks: true,
      restartPolicy: 'Never',
    });
    expect(under({}).spec['enableServiceLinks']).toBe(false);
  });

  it('addresses by name the helper, the step’s containers, all, or one; other containers run beside', () => {
    const pod = under({
      containers: [
        { name: '*', tty: false, resources: { requests: { cpu: '1' } } },
        { name: 'step', resources: { requests: { cpu: '2' } } },
        { name: 'side', resources: { requests: { cpu: '3' } } },
        { name: 'slipway', resources: { requests: { cpu: '4' } } },
        { name: 'proxy', image: 'proxy' },
      ],
    });
    expect(pod.spec.containers.map(({ name, resources }) => [name, resources])).toEqual([
      ['slipway', { requests: { cpu: '4' } }],
      ['step', { requests: { cpu: '2' }, limits: { memory: '1' } }],
      ['side', { requests: { cpu: '3' } }],
      ['proxy', undefined],
    ]);
    expect(container(pod, 'proxy')).toEqual({ name: 'proxy', image: 'proxy' });
  });

  it('has its lists merged by key, and never half of one of our items', () => {
    const pod = under({
      containers: [
        {
          name: 'step',
          image: 'x',
          args: ['x', 'y'],
          env: [
            { name: 'CI', valueFrom: {} },
            { name: 'PROXY', value: 'p' },
          ],
          volumeMounts: [
            { name: 'cache', mountPath: '/mnt/repo', subPath: 'x' },
            { name: 'cache', mountPath: '/cache' },
          ],
        },
      ],
      volumes: [
        { name: 'cache', hostPath: { path: '/var/cache' } },
        { name: 'workspace', emptyDir: { sizeLimit: '5Gi', medium: 'Memory' } },
        { name: 'script', hostPath: { path: '/' } },
      ],
    });
    expect(container(pod, 'step')).toMatchObject({
      image: 'step',
      args: ['make'],
      env: [
        { name: 'PROXY', value: 'p' },
        { name: 'CI', value: 'true' },
      ],
      volumeMounts: [
        { name: 'cache', mountPath: '/cache' },
        { name: 'workspace', mountPath: '/mnt/repo' },
      ],
    });
    expect(container(pod, 'step')?.env?.[1]).toEqual({ name: 'CI', value: 'true' });
    expect(pod.spec.volumes).toEqual([
      { name: 'cache', hostPath: { path: '/var/cache' } },
      { name: 'workspace', emptyDir: { sizeLimit: '5Gi', medium: 'Memory' } },
      { name: 'script', emptyDir: { medium: 'Memory' } },
    ]);
  });

  it('may have init containers, which precede ours', () => {
    const raw = { ...ours, spec: { ...ours.spec, initContainers: [{ name: 'slipway-fill', image: 'helper' }] } };
    expect(
      overTemplate(
        { spec: { initContainers: [{ name: 'first', image: 'f' }], containers: [{ name: 'slipway', tty: true }] } },
        raw,
      ).spec.initContainers,
    ).toEqual([
      { name: 'first', image: 'f' },
      { name: 'slipway-fill', image: 'helper', tty: true },
    ]);
  });
});

/** Reports whether everything in `small` is in `large`. Items of lists may be anywhere. */
function holds(large: unknown, small: unknown): boolean {
  if (Array.isArray(small))
    return Array.isArray(large) && small.every((item) => (large as unknown[]).some((other) => holds(other, item)));
  if (typeof small !== 'object' || small === null) return large === small;
  return (
    typeof large === 'object' &&
    large !== null &&
    Object.entries(small).every(([key, value]) => holds((large as Record<string, unknown>)[key], value))
  );
}

it('our fields survive any template', () => {
  const words = fc.constantFrom(
    'name',
    'labels',
    'containers',
    'volumes',
    'env',
    'volumeMounts',
    'mountPath',
    'emptyDir',
    'resources',
    'limits',
    'memory',
    'image',
    'command',
    'args',
    'restartPolicy',
    'slipway.dev/run',
    '*',
    'step',
    'slipway',
    'side',
    'workspace',
    '__proto__',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      words,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(words, tie('value'), { maxKeys: 4 }),
    ),
  }));
  const map = fc.dictionary(words, value, { maxKeys: 5 });
  fc.assert(
    fc.property(map, map, fc.array(map, { maxLength: 4 }), (metadata, spec, containers) => {
      const pod = overTemplate({ metadata, spec: { ...spec, containers } }, ours);
      expect(holds(pod, ours)).toBe(true);
      expect(pod.spec.containers.slice(0, 3).map(({ name }) => name)).toEqual(['slipway', 'step', 'side']);
    }),
    { numRuns: 500 },
  );
});
