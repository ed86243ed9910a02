import type { IngressRoutes } from '../../model/ingress-routes.ts';
import type { ObjectProblem } from '../../model/outcome.ts';
import type { LocalWorkload } from '../../runtime/local-deployments.ts';
import { engineNames } from '../../runtime/local-container-names.ts';
import { digestOf } from '../digest-of.ts';
import { groupOf, shownObject, type KubernetesObject } from '../kubernetes-object.ts';
import { wrongManifests } from '../manifests/wrong-manifest.ts';
import { configObjects } from './config-objects.ts';
import type { FieldReport } from './fields.ts';
import { ingressRoutes, isIngress, type IngressObject } from './local-ingress.ts';
import { localService, podNetworks } from './local-services.ts';
import { planPod, type PlannedPod } from './pod-plan.ts';
import { podsOf } from './workload-objects.ts';

/** What an engine has to run for a set of manifests. */
export interface LocalPlan {
  readonly workloads: readonly PlannedWorkload[];
  /** Every object that has an effect here. */
  readonly objects: readonly PlannedObject[];
}

export interface PlannedWorkload {
  readonly workload: Omit<LocalWorkload, 'digest'>;
  /** Whether its files have the content of a Secret. */
  readonly hasSecretFiles: boolean;
}

export interface PlannedObject {
  /** As in `LocalWorkload.sources`: `Kind NAMESPACE NAME`. */
  readonly key: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

export interface PlannedDeploy {
  readonly plan: LocalPlan;
  /** What cannot be run. A deploy with problems changes nothing. */
  readonly problems: readonly ObjectProblem[];
  /** What is left out, or has no effect. */
  readonly notes: readonly ObjectProblem[];
  /** With `servesIngress`. Absent: there is no Ingress. */
  readonly routes?: IngressRoutes;
}

export interface LocalPlanOptions {
  /** The name of the deploy: the names of workloads and volumes begin with it. */
  readonly name: string;
  /** The namespace of objects that name none. */
  readonly namespace: string;
  /** How long an init container may take. Default: 10 minutes. */
  readonly initDeadlineSeconds?: number;
  /** Whether the run serves the Ingress objects afterwards. */
  readonly servesIngress?: boolean;
}

const defaultInitDeadlineSeconds = 600;

/** Kinds that only say something to a cluster. */
const clusterKinds = new Set([
  ...['Namespace', 'ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding', 'NetworkPolicy'],
  ...['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'PriorityClass', 'ResourceQuota', 'LimitRange', 'StorageClass'],
  ...['PersistentVolume', 'CustomResourceDefinition', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
  ...['IngressClass', 'RuntimeClass', 'Endpoints', 'EndpointSlice', 'PodMonitor', 'ServiceMonitor'],
]);

/** Returns what to run for these manifests on an engine of containers, and what is not possible there. */
export function localPlan(manifests: readonly KubernetesObject[], options: LocalPlanOptions): PlannedDeploy {
  const problems: ObjectProblem[] = [...wrongManifests(manifests)];
  const notes: ObjectProblem[] = [];
  const reportOf = (object: KubernetesObject): FieldReport => {
    const shown = {
      object: shownObject({ ...object, name: object.metadata.name ?? '' }),
      ...(object.metadata.namespace !== undefined && { namespace: object.metadata.namespace }),
    };
    const add = (to: ObjectProblem[]) => (path: string, detail: string) => {
      const found = { ...shown, detail: `${path}: ${detail}` };
      if (
        !to.some(
          (each) => each.object === found.object && each.namespace === found.namespace && each.detail === found.detail,
        )
      )
        to.push(found);
    };
    return { problem: add(problems), note: add(notes) };
  };
  const namespaceOf = (object: KubernetesObject) => object.metadata.namespace ?? options.namespace;
  const keyOf = (object: KubernetesObject) => `${object.kind} ${namespaceOf(object)} ${object.metadata.name ?? ''}`;
  const configs = configObjects(manifests, options.namespace);
  const claimVolume = (claim: string) => `${options.name}-${localName(claim.replace('/', '.'))}`;

  const pods: { readonly object: KubernetesObject; readonly planned: PlannedPod }[] = [];
  const services = [];
  const ingresses: IngressObject[] = [];
  for (const object of manifests) {
    const report = reportOf(object);
    if (object.metadata.name === undefined) report.problem('metadata.name', 'is missing');
    const requests = podsOf(object, namespaceOf(object), report);
    if (requests !== undefined)
      for (const request of requests) pods.push({ object, planned: planPod(request, configs, claimVolume, report) });
    else if (object.apiVersion === 'v1' && object.kind === 'Service')
      services.push(localService(object, namespaceOf(object), report) ?? []);
    else if (isIngress(object)) ingresses.push({ object, namespace: namespaceOf(object), report });
    else reportKind(object, report);
  }
  const routes = ingressRoutes(options.servesIngress === true ? ingresses : ingresses.map(notServed), {
    services: services.flat(),
    isDefined: (namespace, name) =>
      manifests.some(
        (object) => object.kind === 'Service' && namespaceOf(object) === namespace && object.metadata.name === name,
      ),
  });
  const networks = podNetworks(
    services.flat(),
    pods.map(({ planned }) => planned),
  );
  const hashes = new Map(manifests.map((object) => [keyOf(object), object.kind === 'Secret' ? '' : digestOf(object)]));
  const workloads = pods.map(({ object, planned }, i): PlannedWorkload => {
    const network = networks[i] ?? { aliases: [], ports: [], forwards: [], services: [] };
    const { request, workload } = planned;
    const claims = workload.volumes.flatMap((volume) =>
      volume.kind === 'claim' ? [`PersistentVolumeClaim ${volume.claim.replace('/', ' ')}`] : [],
    );
    const keys = [keyOf(object), ...planned.used, ...network.services, ...claims];
    return {
      hasSecretFiles: planned.hasSecretFiles,
      workload: {
        ...workload,
        initDeadlineSeconds: options.initDeadlineSeconds ?? defaultInitDeadlineSeconds,
        name: `${options.name}-${workloadName(object, request.name, request.namespace, options.namespace)}`,
        object: `${object.apiVersion} ${object.kind} ${request.namespace} ${object.metadata.name ?? ''}`,
        sources: Object.fromEntries(keys.map((key) => [key, hashes.get(key) ?? ''])),
        aliases: network.aliases,
        ports: network.ports,
        forwards: network.forwards,
      },
    };
  });
  const owners = new Map<string, string>();
  for (const [i, { workload }] of workloads.entries()) {
    const object = pods[i]?.object;
    const names = engineNames(workload);
    const name = [...names].find((each) => owners.has(each));
    if (name !== undefined && object)
      reportOf(object).problem(
        'metadata.name',
        `on a container engine it needs the name ${name}, which ${owners.get(name) ?? ''} needs, too: rename one of them`,
      );
    const shown = object && shownObject({ ...object, name: object.metadata.name ?? '' });
    for (const each of names) if (!owners.has(each)) owners.set(each, shown ?? '');
  }
  const used = new Set(workloads.flatMap(({ workload }) => Object.keys(workload.sources)));
  const objects = manifests
    .filter(
      (object) => used.has(keyOf(object)) || (pods.every((pod) => pod.object !== object) && isEmptyWorkload(object)),
    )
    .map((object) => ({
      key: keyOf(object),
      apiVersion: object.apiVersion,
      kind: object.kind,
      name: object.metadata.name ?? '',
    }));
  return { plan: { workloads, objects }, problems, notes, ...(routes && options.servesIngress === true && { routes }) };
}

/** Only mistakes and that it is not served are reported then. */
function notServed(ingress: IngressObject): IngressObject {
  ingress.report.note(
    'kind',
    'an Ingress is served only while --port-forward is open: use that, or the ports of the Services on 127.0.0.1',
  );
  return { ...ingress, report: { ...ingress.report, note: () => undefined } };
}

function reportKind(object: KubernetesObject, report: FieldReport): void {
  const known = ['ConfigMap', 'Secret', 'PersistentVolumeClaim'];
  if (known.includes(object.kind) || clusterKinds.has(object.kind)) return;
  report.note(
    'kind',
    `${object.kind}${groupOf(object) === '' ? '' : ` of ${groupOf(object)}`} does not exist on a container engine: it is left out`,
  );
}

/** Reports whether an object asks for no pods: `replicas: 0`. */
function isEmptyWorkload(object: KubernetesObject): boolean {
  const spec = object['spec'] as { replicas?: unknown } | null | undefined;
  return groupOf(object) === 'apps' && spec?.replicas === 0;
}

/** Deployments keep the plain name. Other kinds may have a Deployment of the same name beside them. */
function workloadName(object: KubernetesObject, pod: string, namespace: string, usual: string): string {
  const suffix = ['Job', 'Pod', 'DaemonSet', 'ReplicaSet'].includes(object.kind) ? `-${object.kind.toLowerCase()}` : '';
  return localName(`${namespace === usual ? '' : `${namespace}.`}${pod}${suffix}`);
}

function localName(name: string): string {
  return name.replace(/[^a-zA-Z0-9.-]/g, '-');
}
