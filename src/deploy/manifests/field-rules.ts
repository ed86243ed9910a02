/** Which fields of which kinds a render changes. */
import { groupKindOf, groupOf, type KubernetesObject } from '../kubernetes-object.ts';

/** `resourceSelector` of a skaffold.yaml (skaffold.dev, "Managing Resources With Skaffold Resource Selector"). */
export interface FieldRules {
  /** A rule for a kind replaces what is known of it. Of several rules for one kind, the last applies. */
  readonly allow: readonly FieldRule[];
  /** Fields that stay as they are, also if a rule allows them. A rule without paths is for all fields of its kind. */
  readonly deny: readonly FieldRule[];
}

/**
 * Paths of one kind. `.spec.containers.*.image` is the field `image` of each container; a list takes no part in a path, so the `.*` may
 * be left out. `.*` alone is every field named `image`, or every `labels` in a map named `metadata`.
 */
export interface FieldRule {
  /** `Deployment.apps`, `Service`. */
  readonly groupKind: string;
  readonly image?: readonly string[];
  /** Only paths that end with `.labels`. The map above it must be there. */
  readonly labels?: readonly string[];
  /** Maps that are specifications of pods. */
  readonly podSpec?: readonly string[];
}

/** No rules of a user. */
export const noFieldRules: FieldRules = { allow: [], deny: [] };

/** The fields that a render may change in one object. */
export interface ChangedFields {
  readonly image: FieldPaths;
  readonly labels: FieldPaths;
  readonly podSpec: FieldPaths;
  /** No rule knows the kind, but its containers are known by their shape. */
  readonly containersOnly: boolean;
}

/** A set of paths. */
export interface FieldPaths {
  /**
   * Reports whether a path is in the set.
   * @param isUsual whether the field's name says what it is, so that `.*` means it
   */
  has(path: string, isUsual: boolean): boolean;
}

const every = ['.*'];

/** Built-in kinds with pods whose fields Skaffold changes, all of them. Found by rendering many kinds with Skaffold 2.16. */
const workloads: readonly string[] = [
  'Pod',
  'DaemonSet.apps',
  'Deployment.apps',
  'ReplicaSet.apps',
  'StatefulSet.apps',
  'DaemonSet.extensions',
  'Deployment.extensions',
  'ReplicaSet.extensions',
  'CronJob.batch',
  'Job.batch',
];

/** Other kinds. Not all of them let a node be chosen as pods do. */
const others: readonly string[] = [
  'Service',
  'Service.serving.knative.dev',
  'Job.run.googleapis.com',
  'Fleet.agones.dev',
  'GameServer.agones.dev',
  'Rollout.argoproj.io',
  'Workflow.argoproj.io',
  'CronWorkflow.argoproj.io',
  'WorkflowTemplate.argoproj.io',
  'ClusterWorkflowTemplate.argoproj.io',
];

const confluentImages = ['.spec.image.application', '.spec.image.init'];

const known: ReadonlyMap<string, FieldRule> = new Map(
  [
    ...workloads.map((groupKind) => ({ groupKind, image: every, labels: every, podSpec: every })),
    ...others.map((groupKind) => ({ groupKind, image: every, labels: every })),
    ...['Connect', 'ControlCenter', 'Kafka', 'KsqlDB', 'SchemaRegistry', 'Zookeeper'].map((kind) => ({
      groupKind: `${kind}.platform.confluent.io`,
      image: confluentImages,
      labels: every,
    })),
    ...['Kafka', 'KafkaConnect'].map((kind) => ({
      groupKind: `${kind}.kafka.strimzi.io`,
      image: ['.spec.image'],
      labels: every,
    })),
  ].map((rule) => [rule.groupKind, rule]),
);

/** Every kind of Config Connector, by the end of its group. */
const connectorGroup = '.cnrm.cloud.google.com';

/** Fields that a cluster does not let anybody change, so that a label with a new value would block the next deploy. */
const fixed: ReadonlyMap<string, FieldRule> = new Map(
  [
    { groupKind: 'StatefulSet.apps', labels: ['.spec.volumeClaimTemplates.metadata.labels'] },
    { groupKind: 'Job.batch', labels: ['.spec.template.metadata.labels'] },
  ].map((rule) => [rule.groupKind, rule]),
);

/** Kinds that hold schemas or data of others. Their containers are no containers. */
const neverContainers: ReadonlySet<string> = new Set(['CustomResourceDefinition.apiextensions.k8s.io']);

export function changedFields(object: KubernetesObject, { allow, deny }: FieldRules): ChangedFields {
  const groupKind = groupKindOf(object);
  const own = allow.findLast((rule) => rule.groupKind === groupKind);
  const rule = own ?? known.get(groupKind) ?? connectorRule(object);
  const denied = deny.filter((each) => each.groupKind === groupKind);
  const refusesAll = denied.some(({ image, labels, podSpec }) => [image, labels, podSpec].every(isEmpty));
  const usual = own === undefined ? fixed.get(groupKind) : undefined;
  const paths = (name: 'image' | 'labels' | 'podSpec') =>
    fieldPaths(
      rule?.[name] ?? [],
      refusesAll ? every : [...denied, ...(usual ? [usual] : [])].flatMap((each) => each[name] ?? []),
    );
  return {
    image: paths('image'),
    labels: paths('labels'),
    podSpec: paths('podSpec'),
    containersOnly: rule === undefined && !refusesAll && !neverContainers.has(groupKind),
  };
}

function connectorRule(object: KubernetesObject): FieldRule | undefined {
  return groupOf(object).endsWith(connectorGroup) ? { groupKind: '', image: every, labels: every } : undefined;
}

function isEmpty(paths: readonly string[] | undefined): boolean {
  return paths === undefined || paths.length === 0;
}

function fieldPaths(allowed: readonly string[], denied: readonly string[]): FieldPaths {
  const [may, mayNot] = [allowed, denied].map((paths) => new Set(paths.map((path) => path.replaceAll('.*', ''))));
  const [mayEvery, mayNone] = [allowed, denied].map((paths) => paths.includes('.*'));
  return {
    has: (path, isUsual) =>
      ((mayEvery === true && isUsual) || may!.has(path)) && mayNone !== true && !mayNot!.has(path),
  };
}
