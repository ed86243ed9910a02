import { resolve } from 'node:path';
import type { Report } from '../../diagnostics/problem.ts';
import { entriesOfMap, entryOf, itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import { plainValue, type Located } from '../../diagnostics/yaml/located.ts';
import type { PodTemplate } from '../../model/kubernetes-settings.ts';
import { problem } from '../problem.ts';
import { parseGoDuration } from '../templates/go-time.ts';

/** What `build.cluster` says of the pods that build images. */
export interface ClusterSection {
  readonly namespace?: string;
  readonly timeoutMs?: number;
  readonly template: PodTemplate;
  /** A Docker configuration on this machine, whose logins the builder gets. Absolute. */
  readonly dockerConfig?: string;
  /** The variables of custom build commands, besides `KUBECONTEXT` (skaffold.dev, "Custom Build Script"). */
  readonly variables: Readonly<Record<string, string>>;
}

/** The name of the builder's container in templates of pods. */
export const builderContainer = 'builder';

/**
 * Reads `build.cluster`. Reports values that are wrong, and fields that have no effect.
 * @param folder of the configuration, for paths. Absolute
 */
export function readCluster(cluster: Located, folder: string, report: Report): ClusterSection {
  const text = (...keys: readonly string[]) => textAt(cluster, ...keys) || undefined;
  const [namespace, timeout, pullSecret] = [text('namespace'), text('timeout'), text('pullSecretName')];
  const configPath = text('dockerConfig', 'path');
  const dockerConfig = configPath === undefined ? undefined : resolve(folder, configPath);
  const dockerSecret = text('dockerConfig', 'secretName');
  reportUnused(cluster, report);
  return {
    ...(namespace !== undefined && { namespace }),
    ...durationOf(cluster, timeout, report),
    ...(dockerConfig !== undefined && { dockerConfig }),
    template: templateOf(cluster, {
      ...(pullSecret !== undefined && { pullSecret }),
      // A file of this machine goes to the pod without a secret of the cluster.
      ...(dockerConfig === undefined && dockerSecret !== undefined && { dockerSecret }),
    }),
    variables: {
      ...(namespace !== undefined && { NAMESPACE: namespace }),
      ...(timeout !== undefined && { TIMEOUT: timeout }),
      ...(pullSecret !== undefined && { PULL_SECRET_NAME: pullSecret }),
      ...(dockerSecret !== undefined && { DOCKER_CONFIG_SECRET_NAME: dockerSecret }),
    },
  };
}

function durationOf(cluster: Located, timeout: string | undefined, report: Report): Pick<ClusterSection, 'timeoutMs'> {
  if (timeout === undefined) return {};
  const timeoutMs = parseGoDuration(timeout);
  if (timeoutMs !== undefined && timeoutMs > 0) return { timeoutMs };
  const expected = 'a duration, such as 20m';
  report(problem('S027', valueAt(cluster, 'timeout')?.at, { field: 'timeout', written: timeout, expected }));
  return {};
}

function reportUnused(cluster: Located, report: Report): void {
  const path = entryOf(cluster, 'pullSecretPath');
  if (path)
    report(
      problem('S024', path.keyAt, {
        field: 'pullSecretPath',
        why: 'Slipway creates no secrets in a cluster. Name an existing one with `pullSecretName`, or use `dockerConfig.path`',
      }),
    );
  for (const field of ['randomPullSecret', 'randomDockerConfigSecret']) {
    const entry = entryOf(cluster, field);
    if (entry && textAt(entry.value) === 'true')
      report(problem('S052', entry.keyAt, { field, why: 'Slipway creates no secrets in a cluster' }));
  }
}

interface SecretNames {
  readonly pullSecret?: string;
  readonly dockerSecret?: string;
}

/** Where Kaniko looks for a Docker configuration. */
const dockerConfigPath = '/kaniko/.docker';

function templateOf(cluster: Located, { pullSecret, dockerSecret }: SecretNames): PodTemplate {
  const account = textAt(cluster, 'serviceAccount') || undefined;
  const user = valueAt(cluster, 'runAsUser');
  const mountPath = textAt(cluster, 'pullSecretMountPath') || '/secret';
  const env = [
    ...['HTTP_PROXY', 'HTTPS_PROXY'].flatMap((name) => variable(name, textAt(cluster, name))),
    ...(pullSecret === undefined ? [] : variable('GOOGLE_APPLICATION_CREDENTIALS', `${mountPath}/kaniko-secret`)),
  ];
  const volumeMounts = [
    ...(pullSecret === undefined ? [] : [{ name: 'kaniko-secret', mountPath, readOnly: true }]),
    ...(dockerSecret === undefined ? [] : [{ name: 'docker-cfg', mountPath: dockerConfigPath, readOnly: true }]),
  ];
  const volumes = [
    ...itemsOf(valueAt(cluster, 'volumes')).map(plainValue),
    ...(pullSecret === undefined ? [] : [{ name: 'kaniko-secret', secret: { secretName: pullSecret } }]),
    ...(dockerSecret === undefined ? [] : [{ name: 'docker-cfg', secret: { secretName: dockerSecret } }]),
  ];
  const resources = resourcesOf(valueAt(cluster, 'resources'));
  const container = {
    ...(env.length > 0 && { env }),
    ...(volumeMounts.length > 0 && { volumeMounts }),
    ...(resources && { resources }),
  };
  const tolerations = itemsOf(valueAt(cluster, 'tolerations')).map(plainValue);
  const metadata = { ...textsOf(cluster, 'labels'), ...textsOf(cluster, 'annotations') };
  return {
    ...(Object.keys(metadata).length > 0 && { metadata }),
    spec: {
      ...textsOf(cluster, 'nodeSelector'),
      ...(tolerations.length > 0 && { tolerations }),
      ...(account !== undefined && { serviceAccountName: account, automountServiceAccountToken: true }),
      ...(user && { securityContext: { runAsUser: plainValue(user) } }),
      ...(volumes.length > 0 && { volumes }),
      ...(Object.keys(container).length > 0 && { containers: [{ name: builderContainer, ...container }] }),
    },
  };
}

function variable(
  name: string,
  value: string | undefined,
): readonly { readonly name: string; readonly value: string }[] {
  return value ? [{ name, value }] : [];
}

/** Returns a field of texts; nothing if it is absent or empty. */
function textsOf(node: Located, field: string): Readonly<Record<string, unknown>> {
  const entries = entriesOfMap(valueAt(node, field)).map(({ key, value }) => [key, textAt(value) ?? ''] as const);
  return entries.length === 0 ? {} : { [field]: Object.fromEntries(entries) };
}

/** The names of resources in Kubernetes. */
const resourceNames = [
  ['cpu', 'cpu'],
  ['memory', 'memory'],
  ['ephemeralStorage', 'ephemeral-storage'],
  ['resourceStorage', 'storage'],
] as const;

function resourcesOf(node: Located | undefined): Readonly<Record<string, unknown>> | undefined {
  if (!node) return undefined;
  const amounts = (['requests', 'limits'] as const).flatMap((kind) => {
    const named = resourceNames.flatMap(([field, name]) => {
      const amount = textAt(node, kind, field);
      return amount ? [[name, amount] as const] : [];
    });
    return named.length === 0 ? [] : [[kind, Object.fromEntries(named)] as const];
  });
  return amounts.length === 0 ? undefined : Object.fromEntries(amounts);
}

/** Returns a template with the parts of both. Lists of the second follow those of the first. */
export function joinedTemplates(first: PodTemplate, second: PodTemplate): PodTemplate {
  const lists = (field: string) => [...listOf(first.spec?.[field]), ...listOf(second.spec?.[field])];
  const [builder, other] = [first, second].map((one) => listOf(one.spec?.['containers'])[0] ?? {}) as [Json, Json];
  const container = { ...builder, ...other };
  for (const field of ['env', 'volumeMounts']) {
    const items = [...listOf(builder[field]), ...listOf(other[field])];
    if (items.length > 0) container[field] = items;
  }
  const spec: Record<string, unknown> = { ...first.spec, ...second.spec };
  for (const field of ['volumes', 'imagePullSecrets']) if (lists(field).length > 0) spec[field] = lists(field);
  if (Object.keys(container).length > 0) spec['containers'] = [container];
  return { ...(first.metadata && { metadata: first.metadata }), spec };
}

type Json = Record<string, unknown>;

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
