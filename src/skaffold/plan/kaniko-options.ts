import { relative } from 'node:path';
import type { KanikoOptions } from '../../build/kaniko/kaniko-builder.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { entriesOfMap, entryOf, itemsOf, textAt, textsAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import { plainValue, type Located } from '../../diagnostics/yaml/located.ts';
import type { BuilderPod } from '../../model/kubernetes-settings.ts';
import { problem } from '../problem.ts';
import { builderContainer } from './cluster-section.ts';

/** Where an artifact with `kaniko` is. */
export interface KanikoPlace {
  /** The artifact's context, and the folder of its configuration. Absolute. */
  readonly context: string;
  readonly folder: string;
  /** Expands the Go template of a scalar. */
  readonly expand: (node: Located) => string | undefined;
  readonly args: KanikoOptions['args'];
  readonly report: Report;
}

/** Skaffold's defaults, which a file need not repeat. */
export const kanikoDefaults = {
  image: 'gcr.io/kaniko-project/executor:latest',
  initImage: 'gcr.io/k8s-skaffold/skaffold-helpers/busybox',
} as const;

/** Reads the options of `kaniko`. Reports fields that have no effect. */
export function readKaniko(kaniko: Located, place: KanikoPlace): KanikoOptions {
  const target = textAt(kaniko, 'target') || undefined;
  reportUnused(kaniko, place.report);
  return {
    dockerfile: textAt(kaniko, 'dockerfile') ?? 'Dockerfile',
    ...(target !== undefined && { target }),
    args: place.args,
    ...{ addHosts: [], cacheFrom: [], noCache: false, pull: 'missing' },
    labels: entriesOfMap(valueAt(kaniko, 'label')).map(({ key, value }) => ({ name: key, value: textAt(value) ?? '' })),
    destinations: textsAt(kaniko, 'destination'),
    ...subfolder(kaniko, place),
    pod: podOf(kaniko, place),
  };
}

/** Paths of the file are absolute by now, but this one is relative to the context. */
function subfolder(kaniko: Located, { context, folder }: KanikoPlace): Pick<KanikoOptions, 'subfolder'> {
  const path = textAt(kaniko, 'contextSubPath');
  if (!path) return {};
  const written = relative(folder, path);
  return { subfolder: written.startsWith('..') ? relative(context, path) : written };
}

function podOf(kaniko: Located, { expand }: KanikoPlace): BuilderPod {
  const image = textAt(kaniko, 'image') || kanikoDefaults.image;
  const initImage = textAt(kaniko, 'initImage') || kanikoDefaults.initImage;
  const pullSecret = textAt(kaniko, 'imagePullSecret') || undefined;
  const own = image !== kanikoDefaults.image;
  const env = itemsOf(valueAt(kaniko, 'env')).map((item) => {
    const value = valueAt(item, 'value');
    const text = value && expand(value);
    return { ...(plainValue(item) as Record<string, unknown>), ...(text !== undefined && { value: text }) };
  });
  const cacheFolder = textAt(kaniko, 'cache', 'hostPath') || undefined;
  const volumeMounts = [
    ...itemsOf(valueAt(kaniko, 'volumeMounts')).map(plainValue),
    ...(cacheFolder === undefined ? [] : [{ name: 'kaniko-cache', mountPath: '/cache' }]),
  ];
  const spec = {
    ...(pullSecret !== undefined && { imagePullSecrets: [{ name: pullSecret }] }),
    ...(cacheFolder !== undefined && { volumes: [{ name: 'kaniko-cache', hostPath: { path: cacheFolder } }] }),
    ...((env.length > 0 || volumeMounts.length > 0) && {
      containers: [
        {
          name: builderContainer,
          ...(env.length > 0 && { env }),
          ...(volumeMounts.length > 0 && { volumeMounts }),
        },
      ],
    }),
  };
  // The plain image has no shell, so another container has to receive the context.
  const needsHelper = own && !/debug/.test(image);
  const helper = initImage !== kanikoDefaults.initImage || needsHelper ? initImage : undefined;
  const kanikoFlags = flagsOf(kaniko);
  return {
    ...((own || helper !== undefined) && {
      builder: { kind: 'kaniko', image, ...(helper !== undefined && { helperImage: helper }) },
    }),
    ...(Object.keys(spec).length > 0 && { template: { spec } }),
    ...(kanikoFlags.length > 0 && { kanikoFlags }),
  };
}

/** Flags of Kaniko 1.24 by the field that sets them. */
const switches = [
  ['insecure', 'insecure'],
  ['insecurePull', 'insecure-pull'],
  ['skipTLS', 'skip-tls-verify'],
  ['skipTLSVerifyPull', 'skip-tls-verify-pull'],
  ['reproducible', 'reproducible'],
  ['singleSnapshot', 'single-snapshot'],
  ['skipUnusedStages', 'skip-unused-stages'],
  ['useNewRun', 'use-new-run'],
  ['whitelistVarRun', 'ignore-var-run'],
] as const;
const valued = [
  ['imageFSExtractRetry', 'image-fs-extract-retry'],
  ['pushRetry', 'push-retry'],
  ['registryMirror', 'registry-mirror'],
  ['snapshotMode', 'snapshot-mode'],
] as const;
const repeated = [
  ['insecureRegistry', 'insecure-registry'],
  ['skipTLSVerifyRegistry', 'skip-tls-verify-registry'],
  ['ignorePaths', 'ignore-path'],
] as const;

function flagsOf(kaniko: Located): readonly string[] {
  const isOn = (...keys: readonly string[]) => textAt(kaniko, ...keys) === 'true';
  const value = (flag: string, ...keys: readonly string[]) => {
    const text = textAt(kaniko, ...keys);
    return text ? [`--${flag}=${text}`] : [];
  };
  const certificates = entriesOfMap(valueAt(kaniko, 'registryCertificate'));
  return [
    ...switches.flatMap(([field, flag]) => (isOn(field) ? [`--${flag}`] : [])),
    ...valued.flatMap(([field, flag]) => value(flag, field)),
    ...repeated.flatMap(([field, flag]) => textsAt(kaniko, field).map((text) => `--${flag}=${text}`)),
    ...certificates.map(({ key, value: path }) => `--registry-certificate=${key}=${textAt(path) ?? ''}`),
    ...(entryOf(kaniko, 'cache')
      ? [
          '--cache=true',
          ...value('cache-repo', 'cache', 'repo'),
          ...(textAt(kaniko, 'cache', 'hostPath') ? ['--cache-dir=/cache'] : []),
          ...value('cache-ttl', 'cache', 'ttl'),
          ...(isOn('cache', 'cacheCopyLayers') ? ['--cache-copy-layers'] : []),
          ...(textAt(kaniko, 'cache', 'cacheRunLayers') === 'false' ? ['--cache-run-layers=false'] : []),
        ]
      : []),
  ];
}

const ownLog = 'Slipway reads the log of Kaniko, and sets its format';
const podIsRemoved = 'the pod is removed with the file after the build';
const ownContext = 'Slipway itself sends the build context to the pod';

/** Fields without effect: the value that says nothing, and the reason. */
const unused: readonly (readonly [field: string, nothing: readonly string[], why: string])[] = [
  ['cleanup', ['false'], 'the pod is removed after the build'],
  ['logTimestamp', ['false'], ownLog],
  ['logFormat', [], ownLog],
  ['verbosity', [], ownLog],
  ['digestFile', ['/dev/termination-log'], 'the digest is in the result of the build'],
  ['imageNameWithDigestFile', [], 'the digest is in the result of the build'],
  ['ociLayoutPath', [], podIsRemoved],
  ['tarPath', [], podIsRemoved],
  ['copyMaxRetries', ['3'], ownContext],
  ['copyTimeout', ['5m'], ownContext],
  ['buildContextCompressionLevel', ['1'], ownContext],
];

function reportUnused(kaniko: Located, report: Report): void {
  for (const [field, nothing, why] of unused) {
    const entry = entryOf(kaniko, field);
    const text = entry && textAt(entry.value);
    if (entry && text && !nothing.includes(text)) report(problem('S052', entry.keyAt, { field, why }));
  }
}
