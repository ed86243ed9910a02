import {
  dnsLabelForm,
  dnsSubdomainForm,
  isDnsLabel,
  longestDnsLabel,
  longestDnsSubdomain,
} from '../../util/kubernetes-names.ts';
import { groupKindOf, type KubernetesObject } from '../kubernetes-object.ts';

/** The cluster adds a time to the names of the Jobs. */
const longestCronJob = 52;

const labelKinds: ReadonlySet<string> = new Set(['Namespace', 'Service']);

/** Their names are DNS subdomains in every version of Kubernetes. */
const subdomainKinds: ReadonlySet<string> = new Set([
  ...['ConfigMap', 'LimitRange', 'PersistentVolume', 'PersistentVolumeClaim', 'Pod', 'ReplicationController'],
  ...['ResourceQuota', 'Secret', 'ServiceAccount'],
  ...['DaemonSet.apps', 'Deployment.apps', 'ReplicaSet.apps', 'StatefulSet.apps'],
  ...['CronJob.batch', 'Job.batch', 'HorizontalPodAutoscaler.autoscaling', 'Lease.coordination.k8s.io'],
  ...['Ingress.networking.k8s.io', 'IngressClass.networking.k8s.io', 'NetworkPolicy.networking.k8s.io'],
  ...['PriorityClass.scheduling.k8s.io', 'StorageClass.storage.k8s.io'],
  'CustomResourceDefinition.apiextensions.k8s.io',
]);

/**
 * Returns what is wrong with the name of an object (kubernetes.io, "Object Names and IDs"). Built-in kinds whose rule is
 * known must keep it. Other names, as those of roles and of kinds that a cluster defines, must be a segment of a path.
 * @param name of the object, which may be generated
 */
export function wrongName(object: KubernetesObject, name: string): readonly string[] {
  const rule = ruleOf(groupKindOf(object));
  const isValid = rule === undefined ? isSegment(name) : rule.form.test(name) && name.length <= rule.longest;
  if (isValid) return [];
  const field = object.metadata.name === undefined ? 'generateName' : 'name';
  const what = `metadata.${field}: ${shown(object.metadata[field] ?? '')} cannot be the name of an object`;
  return [rule === undefined ? what : `${what} of kind ${object.kind}: ${adviceOf(rule)}`];
}

export function wrongNamespace(namespace: string | undefined): readonly string[] {
  const wrong = namespace === undefined ? undefined : wrongNamespaceName(namespace);
  return wrong === undefined ? [] : [`metadata.namespace: ${wrong}`];
}

/** Returns why this cannot be the name of a namespace, which is a DNS label (RFC 1123). Returns `undefined` if it can. */
export function wrongNamespaceName(namespace: string): string | undefined {
  if (isDnsLabel(namespace)) return undefined;
  const advice = adviceOf({ form: dnsLabelForm, longest: longestDnsLabel });
  return `${shown(namespace)} cannot be the name of a namespace: ${advice}`;
}

interface NameRule {
  readonly form: RegExp;
  readonly longest: number;
}

function ruleOf(groupKind: string): NameRule | undefined {
  if (labelKinds.has(groupKind)) return { form: dnsLabelForm, longest: longestDnsLabel };
  if (!subdomainKinds.has(groupKind)) return undefined;
  return { form: dnsSubdomainForm, longest: groupKind === 'CronJob.batch' ? longestCronJob : longestDnsSubdomain };
}

function adviceOf({ form, longest }: NameRule): string {
  const characters = form === dnsLabelForm ? 'digits and "-"' : 'digits, "-" and "."';
  return `use at most ${longest} lower case letters, ${characters}, with a letter or digit at both ends`;
}

/** "Path Segment Names" */
function isSegment(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name);
}

const longestShown = 80;

function shown(name: string): string {
  return name.length <= longestShown
    ? JSON.stringify(name)
    : `${JSON.stringify(name.slice(0, longestShown))}… (${name.length} characters)`;
}
