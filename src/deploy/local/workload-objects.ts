import type { LocalRestart } from '../../runtime/local-deployments.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { Fields, type FieldReport } from './fields.ts';
import type { PodRequest } from './pod-plan.ts';

/** Returns the pods that an object asks for, or `undefined` if it is no workload. */
export function podsOf(
  object: KubernetesObject,
  namespace: string,
  report: FieldReport,
): readonly PodRequest[] | undefined {
  const kind = workloadKind(object);
  if (kind === undefined) return undefined;
  const name = object.metadata.name ?? '';
  const top = new Fields(object, '', report).ignore('apiVersion', 'kind', 'metadata', 'status');
  if (kind === 'CronJob') {
    report.problem('kind', 'CronJobs are not supported on a container engine: nothing would start them on time');
    return [];
  }
  if (kind === 'Pod') {
    top.ignore('spec').rest();
    return [
      podOf({ name, labels: object.metadata.labels, annotations: object.metadata.annotations }, object['spec'], 'spec'),
    ];
  }
  const spec = top.child('spec') ?? new Fields({}, 'spec', report);
  top.rest();
  const template = spec.child('template') ?? new Fields({}, 'spec.template', report);
  const metadata = template.child('metadata') ?? new Fields({}, 'spec.template.metadata', report);
  const labels = metadata.textMap('labels');
  const annotations = metadata.textMap('annotations');
  template.ignore('spec').rest();
  const replicas = kind === 'DaemonSet' || kind === 'Job' ? 1 : (spec.number('replicas') ?? 1);
  const restart = kind === 'Job' ? jobRestart(spec) : ({ policy: 'always' } as const);
  const governing = kind === 'StatefulSet' ? spec.text('serviceName') : undefined;
  const templates = kind === 'StatefulSet' ? claimTemplates(spec) : [];
  spec.ignore(...clusterFields).rest();
  return Array.from({ length: replicas }, (_, i) => {
    const pod = kind === 'StatefulSet' || i > 0 ? `${name}-${i}` : name;
    return {
      ...podOf({ name: pod, labels, annotations }, podSpecOf(object), 'spec.template.spec'),
      restart,
      claims: templates.map((volume) => ({ volume, claim: `${volume}-${pod}` })),
      hostPorts: i === 0,
      ...(governing !== undefined && { governing }),
    };
  });

  function podOf(
    pod: {
      name: string;
      labels?: PodRequest['labels'] | undefined;
      annotations?: PodRequest['annotations'] | undefined;
    },
    podSpec: unknown,
    path: string,
  ): PodRequest {
    const { name: podName, labels: own = {}, annotations: notes = {} } = pod;
    return {
      name: podName,
      namespace,
      labels: own,
      annotations: notes,
      spec: podSpec,
      path,
      claims: [],
      hostPorts: true,
    };
  }
}

type WorkloadKind = (typeof kinds)[keyof typeof kinds];

const kinds = {
  'apps/v1 Deployment': 'Deployment',
  'apps/v1 ReplicaSet': 'ReplicaSet',
  'v1 ReplicationController': 'ReplicaSet',
  'apps/v1 StatefulSet': 'StatefulSet',
  'apps/v1 DaemonSet': 'DaemonSet',
  'batch/v1 Job': 'Job',
  'batch/v1 CronJob': 'CronJob',
  'v1 Pod': 'Pod',
} as const;

function workloadKind({ apiVersion, kind }: KubernetesObject): WorkloadKind | undefined {
  const key = `${apiVersion} ${kind}`;
  return Object.hasOwn(kinds, key) ? kinds[key as keyof typeof kinds] : undefined;
}

/** How a cluster replaces, counts and keeps pods. */
const clusterFields = [
  ...['selector', 'strategy', 'updateStrategy', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'],
  ...['paused', 'podManagementPolicy', 'persistentVolumeClaimRetentionPolicy', 'ordinals', 'manualSelector', 'suspend'],
  ...['ttlSecondsAfterFinished', 'podReplacementPolicy', 'podFailurePolicy'],
];

/** Kubernetes' own default. */
const defaultBackoffLimit = 6;

function jobRestart(spec: Fields): LocalRestart {
  for (const key of ['completions', 'parallelism'])
    if ((spec.number(key) ?? 1) > 1) spec.note(key, 'one pod runs on a container engine');
  return { policy: 'once', retries: spec.number('backoffLimit') ?? defaultBackoffLimit };
}

function claimTemplates(spec: Fields): readonly string[] {
  return spec.children('volumeClaimTemplates').flatMap((template) => {
    template.ignore(...template.keys);
    const name = template.child('metadata')?.text('name');
    if (name === undefined) template.problem('metadata.name', 'is missing');
    return name === undefined ? [] : [name];
  });
}

function podSpecOf(object: KubernetesObject): unknown {
  return (object['spec'] as { template?: { spec?: unknown } | null } | null | undefined)?.template?.spec;
}
