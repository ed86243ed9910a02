import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { noFieldRules, type FieldRules } from './field-rules.ts';
import { labelObjects } from './label-objects.ts';

const labels = { team: 'blue', env: 'dev' };

function labelled(object: object, rules: FieldRules = noFieldRules): unknown {
  return labelObjects([{ object: object as KubernetesObject, source: 'a.yaml' }], labels, rules)[0]?.object;
}

describe('labelObjects', () => {
  it('labels an object and its pods, but not its selector', () =>
    expect(
      labelled({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a', labels: { own: 'x' } },
        spec: { selector: { matchLabels: { app: 'a' } }, template: { metadata: { labels: { app: 'a' } } } },
      }),
    ).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a', labels: { own: 'x', ...labels } },
      spec: { selector: { matchLabels: { app: 'a' } }, template: { metadata: { labels: { app: 'a', ...labels } } } },
    }));

  it('keeps labels of the manifest', () =>
    expect(labelled({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: { team: 'red' } } })).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', labels: { team: 'red', env: 'dev' } },
    }));

  it('changes nothing without labels', () => {
    const manifests = [{ object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }, source: 'a.yaml' }];
    expect(labelObjects(manifests, {}, noFieldRules)).toBe(manifests);
  });

  /** An object with `metadata` in many places. */
  const everywhere = (apiVersion: string, kind: string) => ({
    apiVersion,
    kind,
    metadata: { name: 'a', labels: null },
    spec: {
      labels: { own: 'a' },
      pods: { own: 'a' },
      metadata: {},
      template: { metadata: { name: 't' } },
      volumeClaimTemplates: [{ metadata: {} }],
      none: { metadata: null },
    },
  });
  const whole = [
    '.metadata',
    '.spec.metadata',
    '.spec.template.metadata',
    '.spec.volumeClaimTemplates[0].metadata',
  ] as const;
  const without = (path: string) => whole.filter((each) => each !== path);

  function paths(value: unknown, path = ''): readonly string[] {
    if (Array.isArray(value)) return value.flatMap((item, at) => paths(item, `${path}[${at}]`));
    if (typeof value !== 'object' || value === null) return [];
    const own = (value as { labels?: Record<string, unknown> | null }).labels?.['team'] === 'blue' ? [path] : [];
    return [...own, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, `${path}.${key}`))];
  }
  const pathsIn = (apiVersion: string, kind: string, rules?: FieldRules) =>
    paths(labelled(everywhere(apiVersion, kind), rules));

  it.each<[string, string, readonly string[]]>([
    ['v1', 'Pod', whole],
    ['v1', 'Service', whole],
    ['apps/v1', 'Deployment', whole],
    ['batch/v1', 'CronJob', whole],
    ['argoproj.io/v1alpha1', 'Workflow', whole],
    ['platform.confluent.io/v1beta1', 'Kafka', whole],
    ['sql.cnrm.cloud.google.com/v1beta1', 'SQLInstance', whole],
    // A cluster refuses changes of these.
    ['apps/v1', 'StatefulSet', without('.spec.volumeClaimTemplates[0].metadata')],
    ['batch/v1', 'Job', without('.spec.template.metadata')],
    // As Skaffold does.
    ['v1', 'ConfigMap', []],
    ['v1', 'Namespace', []],
    ['v1', 'ReplicationController', []],
    ['networking.k8s.io/v1', 'Ingress', []],
    ['example.com/v1', 'Worker', []],
  ])('labels of %s %s: %j', (apiVersion, kind, expected) => expect(pathsIn(apiVersion, kind)).toEqual(expected));

  it.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['every label', ['.*'], [], whole],
    ['a path', ['.metadata.labels'], [], ['.metadata']],
    ['a path in a list', ['.spec.volumeClaimTemplates.*.metadata.labels'], [], whole.slice(3)],
    ['a map with another name', ['.spec.pods.labels'], [], ['.spec.pods']],
    ['missing maps', ['.spec.other.labels', '.spec.none.metadata.labels'], [], []],
    ['every label but one', ['.*'], ['.spec.template.metadata.labels'], without('.spec.template.metadata')],
    ['none', ['.*'], ['.*'], []],
  ])('rules for %s', (_, allow, deny, expected) => {
    const groupKind = 'Worker.example.com';
    const rules = { allow: [{ groupKind, labels: allow }], deny: [{ groupKind, labels: deny }] };
    expect(pathsIn('example.com/v1', 'Worker', deny.length > 0 ? rules : { ...rules, deny: [] })).toEqual(expected);
  });

  it('labels what a rule allows although a cluster refuses it', () =>
    expect(
      pathsIn('apps/v1', 'StatefulSet', { allow: [{ groupKind: 'StatefulSet.apps', labels: ['.*'] }], deny: [] }),
    ).toEqual(whole));
});
