import { answerOf } from '../../clusters/api/answer-of.ts';
import { hasStatus } from '../../clusters/api/api-error.ts';
import type { ListableKinds } from '../../clusters/api/listable-kinds.ts';
import { inParallel } from '../../util/in-parallel.ts';
import { groupKindOf, shownObject } from '../kubernetes-object.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { askForObjects } from './list-objects.ts';
import { pathOf, type LiveObject } from './live-object.ts';
import { recordsOfControllers } from './made-by-cluster.ts';
import { othersAmong, type Ours } from './others-among.ts';

const atOnce = 8;
/** How many objects of others a warning names. */
const mostShown = 3;

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string; readonly kind: string };
    readonly scope: string;
    readonly versions: readonly { readonly name: string; readonly served: boolean; readonly storage: boolean }[];
  };
}

export function isDefinition({ resource }: Pick<LiveObject, 'resource'>): boolean {
  return groupKindOf(resource) === 'CustomResourceDefinition.apiextensions.k8s.io';
}

/** Reports whether the deletion of an object also deletes objects of others: a definition, or a namespace. */
export function holdsOthers(object: Pick<LiveObject, 'resource'>): boolean {
  return isDefinition(object) || groupKindOf(object.resource) === 'Namespace';
}

/**
 * Returns why the deletion of a definition or a namespace would harm others: a part of a sentence. Returns `undefined`
 * if it would not. What cannot be seen counts as harm. Throws the client's other errors.
 * @param kinds every kind of the cluster
 */
export async function whyKept(
  access: ClusterAccess,
  object: LiveObject,
  ours: Ours,
  kinds: () => Promise<ListableKinds>,
): Promise<string | undefined> {
  return isDefinition(object)
    ? await whyDefinitionKept(access, object, ours)
    : await whyNamespaceKept(access, object, ours, await kinds());
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
  const answer = await answerOf(clock, signal, async () => {
    return await read().catch((error: unknown) => {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    });
  });
  if ('refusal' in answer) return unseen([answer.refusal]);
  if (answer.value === undefined) return undefined;
  const { group, names, versions, scope } = answer.value.spec;
  // The stored version needs no conversion, so a broken converter does not matter.
  const version = versions.find(({ served, storage }) => served && storage) ?? versions.find(({ served }) => served);
  if (version === undefined) return 'none of its versions is served, so nobody can see whether others use it';
  const isNamespaced = scope === 'Namespaced';
  const resource = { apiVersion: `${group}/${version.name}`, kind: names.kind, plural: names.plural, isNamespaced };
  const listed = await askForObjects(access, resource, {});
  if ('refusal' in listed) return unseen([listed.refusal]);
  const others = othersAmong(listed.value, ours);
  if (others.length === 0) return undefined;
  return `objects of its kind exist that are not of this deploy (${shownObjects(others)})`;
}

/** Looks at every kind that a namespace can hold, since the objects of all of them would be deleted with it. */
async function whyNamespaceKept(
  access: ClusterAccess,
  { metadata: { name } }: LiveObject,
  ours: Ours,
  { resources, unknown }: ListableKinds,
): Promise<string | undefined> {
  const kinds = resources.filter((kind) => kind.isNamespaced && !recordsOfControllers.has(groupKindOf(kind)));
  const answers = await inParallel(
    kinds,
    atOnce,
    async (kind) => await askForObjects(access, kind, { namespace: name }),
  );
  const others = othersAmong(
    answers.flatMap((answer) => ('value' in answer ? answer.value : [])),
    ours,
  );
  // The namespace is the same for all of them.
  const inIt = others.map(({ resource, metadata: { namespace: _, ...metadata } }) => ({ resource, metadata }));
  if (inIt.length > 0) return `it holds objects that are not of this deploy (${shownObjects(inIt)})`;
  const refusals = answers.flatMap((answer) => ('refusal' in answer ? [answer.refusal] : []));
  return refusals.length + unknown.length === 0 ? undefined : unseen([...refusals, ...unknown]);
}

function unseen([first = '', ...more]: readonly string[]): string {
  return `Slipway may not see whether others use it (${first}${more.length === 0 ? '' : `, and ${more.length} more refusals`})`;
}

function shownObjects(objects: readonly LiveObject[]): string {
  const shown = objects.slice(0, mostShown).map(({ resource, metadata: { name, namespace } }) => {
    const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
    return `${shownObject({ ...resource, name })}${where}`;
  });
  const more = objects.length - shown.length;
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}
