import { hasStatus } from '../../clusters/api/api-error.ts';
import { collectionPath, type ApiResource } from '../../clusters/api/api-resource.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import { groupKindOf, shownObject } from '../kubernetes-object.ts';
import { memberLabel } from './apply-set.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { metadataOnly, pathOf, type LiveMetadata, type LiveObject } from './live-object.ts';

/** What does not count as an object of others. */
export interface Ours {
  readonly setId: string;
  /** The record of the set. */
  readonly record: { readonly name: string; readonly namespace: string };
  /** Objects of the set that were removed already. What they own disappears with them, but not at once. */
  readonly removed: ReadonlySet<string>;
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string; readonly kind: string };
    readonly scope: string;
    readonly versions: readonly { readonly name: string; readonly served: boolean; readonly storage: boolean }[];
  };
}

interface OwnedMetadata extends LiveMetadata {
  readonly ownerReferences?: readonly { readonly uid: string }[];
}

interface ObjectList {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly { readonly metadata: OwnedMetadata }[];
}

/** How many objects one look counts. */
const pageSize = 500;

export function isDefinition({ resource }: LiveObject): boolean {
  return groupKindOf(resource) === 'CustomResourceDefinition.apiextensions.k8s.io';
}

/** Reports whether the deletion of an object also deletes objects of others: a definition, or a namespace. */
export function isContainer(object: LiveObject): boolean {
  return isDefinition(object) || groupKindOf(object.resource) === 'Namespace';
}

/** Kinds whose objects are work or data of somebody. A cluster fills a new namespace with objects of other kinds. */
const checkedInNamespaces: readonly (ApiResource & { readonly fieldSelector?: string })[] = [
  ...[
    ['v1', 'ConfigMap', 'configmaps', 'metadata.name!=kube-root-ca.crt'],
    ['v1', 'Secret', 'secrets', 'type!=kubernetes.io/service-account-token'],
    ['v1', 'Pod', 'pods'],
    ['v1', 'Service', 'services'],
    ['v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'],
    ['apps/v1', 'Deployment', 'deployments'],
    ['apps/v1', 'StatefulSet', 'statefulsets'],
    ['apps/v1', 'DaemonSet', 'daemonsets'],
    ['batch/v1', 'Job', 'jobs'],
    ['batch/v1', 'CronJob', 'cronjobs'],
  ].map(([apiVersion = '', kind = '', plural = '', fieldSelector]) => ({
    ...{ apiVersion, kind, plural, isNamespaced: true },
    ...(fieldSelector !== undefined && { fieldSelector }),
  })),
];

/**
 * Returns why the deletion of a definition or a namespace would harm others: a part of a sentence. Returns `undefined`
 * if it would not. What cannot be seen counts as harm. Throws the client's other errors.
 */
export async function whyKept(access: ClusterAccess, object: LiveObject, ours: Ours): Promise<string | undefined> {
  try {
    return isDefinition(object)
      ? await whyDefinitionKept(access, object, ours)
      : await whyNamespaceKept(access, object, ours);
  } catch (error) {
    if (!hasStatus(error, 403)) throw error;
    return `Slipway may not see whether others use it (${error.said})`;
  }
}

/** Returns the warning about an object that was kept. */
export function keptWarning(object: LiveObject, why: string): string {
  const { name } = object.metadata;
  const kind = isDefinition(object) ? 'crd' : 'namespace';
  const all = isDefinition(object) ? 'all objects of its kind' : 'everything in it';
  return `${shownObject({ ...object.resource, name })} was kept and is no longer a part of this deploy, because ${why}: to delete it and ${all}, use \`kubectl delete ${kind} ${name}\``;
}

async function whyDefinitionKept(access: ClusterAccess, object: LiveObject, ours: Ours): Promise<string | undefined> {
  const { client, clock, signal } = access;
  const read = async () => await client.json<Definition>('GET', pathOf(object), { signal });
  const definition = await retryTransient(clock, signal, read).catch((error: unknown) => {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  });
  if (definition === undefined) return undefined;
  const { group, names, versions, scope } = definition.spec;
  // The stored version needs no conversion, so a broken converter does not matter.
  const version = versions.find(({ served, storage }) => served && storage) ?? versions.find(({ served }) => served);
  if (version === undefined) return 'none of its versions is served, so nobody can see whether others use it';
  const resource = { apiVersion: `${group}/${version.name}`, kind: names.kind, plural: names.plural };
  const others = await othersOf(access, collectionPath({ ...resource, isNamespaced: scope === 'Namespaced' }), ours);
  return others === undefined ? undefined : `objects of its kind exist that are not of this deploy (${others})`;
}

async function whyNamespaceKept(access: ClusterAccess, object: LiveObject, ours: Ours): Promise<string | undefined> {
  const found: string[] = [];
  for (const resource of checkedInNamespaces) {
    const path = collectionPath(resource, object.metadata.name);
    const others = await othersOf(access, path, ours, resource);
    if (others !== undefined) found.push(`${resource.plural}: ${others}`);
  }
  return found.length === 0 ? undefined : `it holds objects that are not of this deploy (${found.join(', ')})`;
}

/** Returns how many objects are not of the set, in words; `undefined` if there is none. */
async function othersOf(
  { client, clock, signal }: ClusterAccess,
  path: string,
  { setId, record, removed }: Ours,
  { kind, fieldSelector }: { readonly kind?: string; readonly fieldSelector?: string } = {},
): Promise<string | undefined> {
  const isOthers = ({ name, namespace, uid = '', ownerReferences = [] }: OwnedMetadata) =>
    !removed.has(uid) &&
    !ownerReferences.some((owner) => removed.has(owner.uid)) &&
    !(kind === 'ConfigMap' && name === record.name && namespace === record.namespace);
  let count = 0;
  for (let page: string | undefined; page !== '';) {
    const query = { labelSelector: `${memberLabel}!=${setId}`, fieldSelector, limit: pageSize, continue: page };
    const list = await retryTransient(
      clock,
      signal,
      async () => await client.json<ObjectList>('GET', path, { query, accept: metadataOnly, signal }),
    ).catch((error: unknown): ObjectList => {
      if (hasStatus(error, 404)) return {};
      throw error;
    });
    count += (list.items ?? []).filter(({ metadata }) => isOthers(metadata)).length;
    page = list.metadata?.continue ?? '';
    if (count > 0 && page !== '') return `at least ${count}`;
  }
  return count === 0 ? undefined : `${count}`;
}
