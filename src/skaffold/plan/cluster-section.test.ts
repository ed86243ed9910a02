import { describe, expect, it } from 'vitest';
import { SourceText } from '../../diagnostics/source-text.ts';
import { readYaml } from '../../diagnostics/yaml/read-yaml.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { joinedTemplates, readCluster, type ClusterSection } from './cluster-section.ts';

function read(text: string): { readonly section: ClusterSection; readonly messages: readonly string[] } {
  const found: Diagnostic[] = [];
  const node = readYaml(new SourceText('skaffold.yaml', text), (diagnostic) => void found.push(diagnostic));
  if (node === undefined) throw new Error(`not YAML: ${text}`);
  const section = readCluster(node, '/p', (diagnostic) => void found.push(diagnostic));
  return { section, messages: found.map(({ code, message }) => `${code} ${message}`) };
}

describe('build.cluster', () => {
  it.each<[string, Partial<ClusterSection>]>([
    ['{}', { template: { spec: {} }, variables: {} }],
    [
      '{ namespace: ci, timeout: 1h }',
      { namespace: 'ci', timeoutMs: 3_600_000, variables: { NAMESPACE: 'ci', TIMEOUT: '1h' } },
    ],
    [
      '{ dockerConfig: { path: d.json, secretName: docker-cfg } }',
      { dockerConfig: '/p/d.json', template: { spec: {} } },
    ],
    [
      '{ dockerConfig: { secretName: logins } }',
      {
        variables: { DOCKER_CONFIG_SECRET_NAME: 'logins' },
        template: {
          spec: {
            volumes: [{ name: 'docker-cfg', secret: { secretName: 'logins' } }],
            containers: [
              {
                name: 'builder',
                volumeMounts: [{ name: 'docker-cfg', mountPath: '/kaniko/.docker', readOnly: true }],
              },
            ],
          },
        },
      },
    ],
    [
      '{ pullSecretName: key, pullSecretMountPath: /keys, HTTP_PROXY: p, HTTPS_PROXY: q }',
      {
        variables: { PULL_SECRET_NAME: 'key' },
        template: {
          spec: {
            volumes: [{ name: 'kaniko-secret', secret: { secretName: 'key' } }],
            containers: [
              {
                name: 'builder',
                env: [
                  { name: 'HTTP_PROXY', value: 'p' },
                  { name: 'HTTPS_PROXY', value: 'q' },
                  { name: 'GOOGLE_APPLICATION_CREDENTIALS', value: '/keys/kaniko-secret' },
                ],
                volumeMounts: [{ name: 'kaniko-secret', mountPath: '/keys', readOnly: true }],
              },
            ],
          },
        },
      },
    ],
    [
      `{ serviceAccount: builder, runAsUser: 0, nodeSelector: { disk: ssd }, tolerations: [{ key: ci, operator: Exists }],
         annotations: { a: b }, labels: { team: x }, volumes: [{ name: more, emptyDir: {} }] }`,
      {
        template: {
          metadata: { labels: { team: 'x' }, annotations: { a: 'b' } },
          spec: {
            nodeSelector: { disk: 'ssd' },
            tolerations: [{ key: 'ci', operator: 'Exists' }],
            serviceAccountName: 'builder',
            automountServiceAccountToken: true,
            securityContext: { runAsUser: 0 },
            volumes: [{ name: 'more', emptyDir: {} }],
          },
        },
      },
    ],
    [
      '{ resources: { requests: { cpu: 100m, memory: 1Gi }, limits: { ephemeralStorage: 2Gi, resourceStorage: 3Gi } } }',
      {
        template: {
          spec: {
            containers: [
              {
                name: 'builder',
                resources: {
                  requests: { cpu: '100m', memory: '1Gi' },
                  limits: { 'ephemeral-storage': '2Gi', storage: '3Gi' },
                },
              },
            ],
          },
        },
      },
    ],
  ])('%s', (text, expected) => {
    const { section, messages } = read(text);
    expect(section).toMatchObject(expected);
    if (expected.template) expect(section.template).toEqual(expected.template);
    expect(messages).toEqual([]);
  });

  it.each([
    ['{ timeout: soon }', 'S027 `timeout` is `soon`, but must be a duration, such as 20m'],
    ['{ randomPullSecret: true }', 'S052 `randomPullSecret` has no effect: Slipway creates no secrets in a cluster'],
    [
      '{ randomDockerConfigSecret: true }',
      'S052 `randomDockerConfigSecret` has no effect: Slipway creates no secrets in a cluster',
    ],
    [
      '{ pullSecretPath: key.json }',
      'S024 `pullSecretPath` is not supported: Slipway creates no secrets in a cluster. Name an existing one with `pullSecretName`, or use `dockerConfig.path`',
    ],
  ])('%s: %s', (text, message) => expect(read(text).messages).toEqual([message]));

  it('is joined with what an artifact adds', () => {
    const container = (env: string) => ({ name: 'builder', env: [{ name: env, value: '1' }] });
    expect(
      joinedTemplates(
        {
          metadata: { labels: { a: 'b' } },
          spec: {
            serviceAccountName: 's',
            volumes: [{ name: 'v' }],
            containers: [{ ...container('A'), resources: { limits: {} } }],
          },
        },
        { spec: { volumes: [{ name: 'w' }], imagePullSecrets: [{ name: 'p' }], containers: [container('B')] } },
      ),
    ).toEqual({
      metadata: { labels: { a: 'b' } },
      spec: {
        serviceAccountName: 's',
        volumes: [{ name: 'v' }, { name: 'w' }],
        imagePullSecrets: [{ name: 'p' }],
        containers: [
          {
            ...{ name: 'builder', resources: { limits: {} } },
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '1' },
            ],
          },
        ],
      },
    });
  });
});
