import { describe, expect, it } from 'vitest';
import type { KanikoOptions } from '../../build/kaniko/kaniko-builder.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { readYaml } from '../../diagnostics/yaml/read-yaml.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { readKaniko } from './kaniko-options.ts';

function read(text: string): { readonly options: KanikoOptions; readonly messages: readonly string[] } {
  const found: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void found.push(diagnostic);
  const node = readYaml(new SourceText('skaffold.yaml', text), report);
  if (node === undefined) throw new Error(`not YAML: ${text}`);
  const expand = (one: { readonly kind: string; readonly text?: string }) => `${one.text ?? ''} expanded`;
  const options = readKaniko(node, {
    ...{ context: '/p/app', folder: '/p', args: [], report },
    expand: expand,
  });
  return { options, messages: found.map(({ code, message }) => `${code} ${message}`) };
}

describe('kaniko', () => {
  it('has the options of a Dockerfile', () => {
    const { options, messages } = read(
      '{ dockerfile: D, target: t, label: { a: b, empty: null }, destination: [r/app:2], contextSubPath: /p/sub }',
    );
    expect(options).toEqual({
      ...{ dockerfile: 'D', target: 't', args: [], addHosts: [], cacheFrom: [], noCache: false, pull: 'missing' },
      labels: [
        { name: 'a', value: 'b' },
        { name: 'empty', value: '' },
      ],
      ...{ destinations: ['r/app:2'], subfolder: 'sub', pod: {} },
    });
    expect(messages).toEqual([]);
  });

  it.each<[string, KanikoOptions['pod']]>([
    ['{}', {}],
    ['{ image: "gcr.io/kaniko-project/executor:latest" }', {}],
    [
      '{ image: "r.io/kaniko:v1" }',
      {
        builder: {
          kind: 'kaniko',
          image: 'r.io/kaniko:v1',
          helperImage: 'gcr.io/k8s-skaffold/skaffold-helpers/busybox',
        },
      },
    ],
    ['{ image: "r.io/kaniko:v1-debug" }', { builder: { kind: 'kaniko', image: 'r.io/kaniko:v1-debug' } }],
    [
      '{ image: "r.io/kaniko:v1-debug", initImage: "busybox:1" }',
      { builder: { kind: 'kaniko', image: 'r.io/kaniko:v1-debug', helperImage: 'busybox:1' } },
    ],
    ['{ imagePullSecret: pull }', { template: { spec: { imagePullSecrets: [{ name: 'pull' }] } } }],
    [
      '{ env: [{ name: A, value: x }, { name: B, valueFrom: { fieldRef: {} } }], volumeMounts: [{ name: v, mountPath: /v }] }',
      {
        template: {
          spec: {
            containers: [
              {
                name: 'builder',
                env: [
                  { name: 'A', value: 'x expanded' },
                  { name: 'B', valueFrom: { fieldRef: {} } },
                ],
                volumeMounts: [{ name: 'v', mountPath: '/v' }],
              },
            ],
          },
        },
      },
    ],
    [
      '{ cache: { repo: r/cache, ttl: 24h, hostPath: /base, cacheCopyLayers: true, cacheRunLayers: false } }',
      {
        kanikoFlags: [
          ...['--cache=true', '--cache-repo=r/cache', '--cache-dir=/cache', '--cache-ttl=24h'],
          ...['--cache-copy-layers', '--cache-run-layers=false'],
        ],
        template: {
          spec: {
            volumes: [{ name: 'kaniko-cache', hostPath: { path: '/base' } }],
            containers: [{ name: 'builder', volumeMounts: [{ name: 'kaniko-cache', mountPath: '/cache' }] }],
          },
        },
      },
    ],
    [
      '{ insecure: true, insecurePull: true, skipTLS: true, skipTLSVerifyPull: true, reproducible: true, singleSnapshot: true }',
      {
        kanikoFlags: [
          ...['--insecure', '--insecure-pull', '--skip-tls-verify', '--skip-tls-verify-pull'],
          ...['--reproducible', '--single-snapshot'],
        ],
      },
    ],
    [
      '{ skipUnusedStages: true, useNewRun: true, whitelistVarRun: true, imageFSExtractRetry: "5", pushRetry: "2" }',
      {
        kanikoFlags: [
          ...['--skip-unused-stages', '--use-new-run', '--ignore-var-run'],
          ...['--image-fs-extract-retry=5', '--push-retry=2'],
        ],
      },
    ],
    [
      '{ registryMirror: m, snapshotMode: redo, insecureRegistry: [a, b], skipTLSVerifyRegistry: [c], ignorePaths: [/x], registryCertificate: { r: /c.pem } }',
      {
        kanikoFlags: [
          ...['--registry-mirror=m', '--snapshot-mode=redo', '--insecure-registry=a', '--insecure-registry=b'],
          ...['--skip-tls-verify-registry=c', '--ignore-path=/x', '--registry-certificate=r=/c.pem'],
        ],
      },
    ],
  ])('%s', (text, pod) => {
    const { options, messages } = read(text);
    expect(options.pod).toEqual(pod);
    expect(messages).toEqual([]);
  });

  it.each([
    'cleanup: true',
    'logTimestamp: true',
    'logFormat: json',
    'verbosity: debug',
    'digestFile: /d',
    'tarPath: t',
  ])('says that a field has no effect: %s', (field) => {
    const [message, ...others] = read(`{ ${field} }`).messages;
    expect(message).toMatch(new RegExp(`^S052 .${field.replace(/:.*/, '')}. has no effect: `));
    expect(others).toEqual([]);
  });

  it('says nothing of defaults, and of `force`, which it always sets', () => {
    const defaults =
      'digestFile: /dev/termination-log, copyMaxRetries: 3, copyTimeout: 5m, buildContextCompressionLevel: 1';
    expect(read(`{ ${defaults}, force: true, cleanup: false }`).messages).toEqual([]);
  });
});
