import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { noFieldRules, type FieldRule, type FieldRules } from './field-rules.ts';
import { replaceImages } from './replace-images.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const images = [
  { name: 'web', reference: 'reg/web:1' },
  { name: 'example.com/team/api', reference: `reg/api:2@${digest}` },
  { name: 'docker.io/library/base', reference: 'reg/base:3' },
];

function replaced(object: object, rules: FieldRules = noFieldRules) {
  const manifest = { object: object as KubernetesObject, source: 'a.yaml' };
  const result = replaceImages([manifest], images, rules);
  return { object: result.manifests[0]?.object, names: [...result.replaced] };
}

const pod = (...names: unknown[]) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: { containers: names.map((image) => ({ image })) },
});

describe('an image', () => {
  it.each<[string, string]>([
    ['web', 'reg/web:1'],
    ['web:1.2', 'reg/web:1'],
    ['WEB', 'reg/web:1'],
    ['example.com/team/api:9', `reg/api:2@${digest}`],
    ['docker.io/library/base:4', 'reg/base:3'],
  ])('%s is replaced', (image, reference) => expect(replaced(pod(image)).object).toEqual(pod(reference)));

  it.each<[unknown]>([
    [`web@${digest}`],
    [`web:1@${digest}`],
    ['docker.io/library/web:3'],
    ['index.docker.io/library/web'],
    ['library/web'],
    ['base'],
    ['other'],
    ['web:'],
    ['web:a b'],
    [' web'],
    ['web2'],
    ['example.com/team/api/web'],
    ['${IMAGE}'],
    [''],
    [null],
    [7],
    [{ reference: 'web' }],
  ])('%j stays', (image) => {
    const object = pod(image);
    const result = replaced(object);
    expect(result.object).toBe(object);
    expect(result.names).toEqual([]);
  });

  it('counts as one that occurs', () =>
    expect(replaced(pod('web', 'web:2', 'other', 'example.com/team/api')).names).toEqual([
      'web',
      'example.com/team/api',
    ]));
});

/** An object with an image in many places. */
const everywhere = (apiVersion: string, kind: string) => ({
  apiVersion,
  kind,
  metadata: { name: 'a' },
  spec: {
    image: 'web',
    runner: 'web',
    images: ['web'],
    template: {
      spec: {
        containers: [{ image: 'web' }],
        initContainers: [{ image: 'web' }],
        ephemeralContainers: [{ image: 'web' }],
        volumes: [{ image: { reference: 'web' } }],
      },
    },
  },
});

/** The paths of all replaced images. */
function paths(value: unknown, path = ''): readonly string[] {
  if (value === 'reg/web:1') return [path];
  if (Array.isArray(value)) return value.flatMap((item, at) => paths(item, `${path}[${at}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => paths(inner, `${path}.${key}`));
}
const pathsIn = (apiVersion: string, kind: string, rules?: FieldRules) =>
  paths(replaced(everywhere(apiVersion, kind), rules).object);

const containers = [
  '.spec.template.spec.containers[0].image',
  '.spec.template.spec.initContainers[0].image',
  '.spec.template.spec.ephemeralContainers[0].image',
];

describe('images are replaced', () => {
  it.each([
    ['v1', 'Pod'],
    ['v1', 'Service'],
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'StatefulSet'],
    ['apps/v1beta1', 'Deployment'],
    ['extensions/v1beta1', 'DaemonSet'],
    ['batch/v1', 'Job'],
    ['batch/v1', 'CronJob'],
    ['serving.knative.dev/v1', 'Service'],
    ['argoproj.io/v1alpha1', 'Rollout'],
    ['agones.dev/v1', 'Fleet'],
    ['run.googleapis.com/v1', 'Job'],
    ['sql.cnrm.cloud.google.com/v1beta1', 'SQLInstance'],
  ])('everywhere in %s %s', (apiVersion, kind) =>
    expect(pathsIn(apiVersion, kind)).toEqual(['.spec.image', ...containers]),
  );

  it.each([
    ['v1', 'ReplicationController'],
    ['v1', 'PodTemplate'],
    ['example.com/v1', 'Worker'],
  ])('in the containers of %s %s', (apiVersion, kind) => expect(pathsIn(apiVersion, kind)).toEqual(containers));

  it('not in definitions of kinds', () =>
    expect(pathsIn('apiextensions.k8s.io/v1', 'CustomResourceDefinition')).toEqual([]));

  it('not in data', () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { image: 'web' } };
    expect(replaced(object).object).toBe(object);
  });

  it('in the operators of Kafka where they have images', () => {
    const connect = (image: unknown) => ({ metadata: { name: 'a' }, kind: 'Connect', spec: { image } });
    const confluent = {
      ...connect({ application: 'web', init: 'web', other: 'web' }),
      apiVersion: 'platform.confluent.io/v1beta1',
    };
    expect(paths(replaced(confluent).object)).toEqual(['.spec.image.application', '.spec.image.init']);
    expect(pathsIn('kafka.strimzi.io/v1beta2', 'KafkaConnect')).toEqual(['.spec.image']);
  });
});

describe('rules', () => {
  const rule = (more: Partial<FieldRule>): FieldRule => ({ groupKind: 'Worker.example.com', ...more });

  it.each<[string, readonly FieldRule[], readonly FieldRule[], readonly string[]]>([
    ['allow every image', [rule({ image: ['.*'] })], [], ['.spec.image', ...containers]],
    ['allow a path', [rule({ image: ['.spec.runner'] })], [], ['.spec.runner']],
    ['allow both', [rule({ image: ['.*', '.spec.runner'] })], [], ['.spec.image', '.spec.runner', ...containers]],
    ['leave out lists', [rule({ image: ['.spec.template.spec.containers.image'] })], [], containers.slice(0, 1)],
    ['name lists', [rule({ image: ['.spec.template.spec.containers.*.image'] })], [], containers.slice(0, 1)],
    ['allow nothing', [rule({})], [], []],
    ['are for texts only', [rule({ image: ['.spec', '.spec.images', '.spec.template'] })], [], []],
    ['know no other forms', [rule({ image: ['spec.image', '.spec.im*', '.spec.images[0]'] })], [], []],
    ['apply the last one', [rule({ image: ['.*'] }), rule({ image: ['.spec.image'] })], [], ['.spec.image']],
    ['are for one kind', [rule({ groupKind: 'Worker', image: ['.*'] })], [], containers],
    ['deny a path', [rule({ image: ['.*'] })], [rule({ image: ['.spec.image'] })], containers],
    ['deny every path', [rule({ image: ['.*', '.spec.runner'] })], [rule({ image: ['.*'] })], []],
    ['deny a whole kind', [], [rule({})], []],
    ['deny labels only', [rule({ image: ['.spec.image'] })], [rule({ labels: ['.*'] })], ['.spec.image']],
  ])('%s', (_, allow, deny, expected) => {
    expect(pathsIn('example.com/v1', 'Worker', { allow, deny })).toEqual(expected);
  });

  it('replace what is known of a kind', () =>
    expect(
      pathsIn('apps/v1', 'Deployment', {
        allow: [{ groupKind: 'Deployment.apps', image: ['.spec.runner'] }],
        deny: [],
      }),
    ).toEqual(['.spec.runner']));
});
