import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { noFieldRules, type FieldRules } from './field-rules.ts';
import { setNodePlatforms } from './node-platforms.ts';

const platforms = new Map([
  ['web:1', ['linux/amd64', 'linux/arm64']],
  ['arm:1', ['linux/arm64', 'linux/arm/v7']],
  ['win:1', ['windows/amd64']],
  ['any:1', []],
]);

const required = 'requiredDuringSchedulingIgnoredDuringExecution';

function podOf(spec: object, kind = 'Pod', apiVersion = 'v1', rules: FieldRules = noFieldRules): unknown {
  const object: KubernetesObject = { apiVersion, kind, metadata: { name: 'a' }, spec };
  return setNodePlatforms([{ object, source: 'a.yaml' }], platforms, rules)[0]?.object['spec'];
}
const containers = (...images: readonly string[]) => ({ containers: images.map((image) => ({ image })) });
const on = (os: string, architecture: string) => [
  { key: 'kubernetes.io/os', operator: 'In', values: [os] },
  { key: 'kubernetes.io/arch', operator: 'In', values: [architecture] },
];
const withTerms = (...nodeSelectorTerms: readonly object[]) => ({
  affinity: { nodeAffinity: { [required]: { nodeSelectorTerms } } },
});

describe('a pod runs on the platforms of its images', () => {
  it.each<[string, object, readonly object[]]>([
    [
      'one image',
      containers('web:1'),
      [{ matchExpressions: on('linux', 'amd64') }, { matchExpressions: on('linux', 'arm64') }],
    ],
    [
      'variants',
      containers('arm:1'),
      [{ matchExpressions: on('linux', 'arm64') }, { matchExpressions: on('linux', 'arm') }],
    ],
    ['two images', containers('web:1', 'arm:1'), [{ matchExpressions: on('linux', 'arm64') }]],
    ['an image that is not built', containers('win:1', 'redis:7'), [{ matchExpressions: on('windows', 'amd64') }]],
    ['an image for every platform', containers('win:1', 'any:1'), [{ matchExpressions: on('windows', 'amd64') }]],
    [
      'init containers',
      { ...containers('web:1'), initContainers: [{ image: 'arm:1' }] },
      [{ matchExpressions: on('linux', 'arm64') }],
    ],
  ])('%s', (_, spec, terms) => expect(podOf(spec)).toEqual({ ...spec, ...withTerms(...terms) }));

  it('and keeps its own terms', () => {
    const zone = { key: 'zone', operator: 'Exists' };
    const fields = { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] };
    const spec = { ...containers('win:1'), ...withTerms({ matchExpressions: [zone] }, fields) };
    const windows = on('windows', 'amd64');
    expect(podOf(spec)).toEqual({
      ...spec,
      ...withTerms({ matchExpressions: [zone, ...windows] }, { ...fields, matchExpressions: windows }),
    });
  });

  it('and keeps other affinities', () => {
    const affinity = { podAffinity: { a: 1 }, nodeAffinity: { preferred: [] } };
    expect(podOf({ ...containers('win:1'), affinity })).toMatchObject({ affinity });
  });
});

describe('a pod stays as it is', () => {
  const arm = { key: 'kubernetes.io/arch', operator: 'In', values: ['arm64'] };
  it.each<[string, object]>([
    ['without built images', containers('redis:7')],
    ['with images for every platform', containers('any:1')],
    ['with images that have no platform in common', containers('web:1', 'win:1')],
    ['with an architecture', { ...containers('web:1'), nodeSelector: { 'kubernetes.io/arch': 'arm64' } }],
    ['with an architecture in its only term', { ...containers('web:1'), ...withTerms({ matchExpressions: [arm] }) }],
  ])('%s', (_, spec) => expect(podOf(spec)).toEqual(spec));
});

describe('the kinds', () => {
  const pod = containers('win:1');
  const placed = { ...pod, ...withTerms({ matchExpressions: on('windows', 'amd64') }) };

  it('with templates have the pods in them', () => {
    expect(podOf({ template: { spec: pod } }, 'Deployment', 'apps/v1')).toEqual({ template: { spec: placed } });
    const job = { jobTemplate: { spec: { template: { spec: pod } } } };
    expect(podOf(job, 'CronJob', 'batch/v1')).toEqual({ jobTemplate: { spec: { template: { spec: placed } } } });
  });

  it('that a rule names', () => {
    const allow = [{ groupKind: 'Worker.example.com', podSpec: ['.spec.pod'] }];
    const spec = { pod, other: pod };
    expect(podOf(spec, 'Worker', 'example.com/v1')).toBe(spec);
    expect(podOf(spec, 'Worker', 'example.com/v1', { allow, deny: [] })).toEqual({ pod: placed, other: pod });
  });
});
