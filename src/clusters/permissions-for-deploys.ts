/**
 * The permissions that deploys to a cluster need. They depend on the kinds of the objects, so they are a function
 * (docs/kubernetes.md, "Permissions").
 */
import { resourceOf, rulesOf, type Permission } from './permissions.ts';

/** What a deploy does with one resource. */
export interface DeployedResource {
  /** The API group. `''` is the core group. */
  readonly group: string;
  /** As in paths: `deployments`. */
  readonly resource: string;
  readonly isNamespaced: boolean;
}

export interface DeployPermissions {
  /** Needed in the namespace of the deploy, and in each namespace that the objects name. */
  readonly inNamespaces: readonly Permission[];
  /** Needed for the whole cluster: objects that belong to no namespace. */
  readonly inCluster: readonly Permission[];
}

/** What each verb is for. Server-Side Apply creates and changes objects with `patch`, and needs `create` beside it. */
const verbs: Readonly<Record<string, string>> = {
  get: 'needed to read the record of a deploy, and what a definition defines',
  list: 'needed to compare the objects of a deploy with what the cluster has',
  watch: 'needed to wait until objects are ready or gone',
  create: 'needed to create objects',
  patch: 'needed to change objects',
  update: 'needed to write the record of a deploy',
  delete: 'needed to remove objects that are no longer rendered, and for `slipway delete`',
};
const whyAll = 'needed for `slipway delete` to see whether a namespace or a kind of the deploy has objects of others';
const whyNotReady = 'needed to say why something is not ready';
const forObjects = ['list', 'watch', 'create', 'patch', 'delete'];
const ofRecord: DeployedResource = { group: '', resource: 'configmaps', isNamespaced: true };

/**
 * Returns the permissions to apply and remove objects of these resources, and to write down what was applied. The cluster
 * also demands of whoever creates a role every permission that the role grants (kubernetes.io, "Privilege escalation
 * prevention").
 */
export function permissionsForDeploys(resources: readonly DeployedResource[]): DeployPermissions {
  const record = ['get', 'create', 'update', 'delete'].map((verb) => permission(ofRecord, verb));
  const of = (isNamespaced: boolean) =>
    resources
      .filter((resource) => resource.isNamespaced === isNamespaced)
      .flatMap((resource) => verbsFor(resource).map((verb) => permission(resource, verb)));
  const everything = resources.some(holdsOthers) ? [allObjects] : [];
  return { inNamespaces: distinct([...record, ...of(true)]), inCluster: distinct([...of(false), ...everything]) };
}

/** Returns the rules of a Role and of a ClusterRole for these resources, one line for each resource. */
export function deployRules(resources: readonly DeployedResource[]): {
  readonly role: readonly string[];
  readonly clusterRole: readonly string[];
} {
  const { inNamespaces, inCluster } = permissionsForDeploys(resources);
  return { role: rulesOf(inNamespaces), clusterRole: rulesOf(inCluster) };
}

/** Without it, a namespace or a definition that the deploy created is kept when the deploy is removed. */
const allObjects: Permission = { verb: 'list', group: '*', resource: '*', needed: 'always', why: whyAll };

/** Reports whether the deletion of an object of this resource deletes objects of others. */
function holdsOthers(resource: DeployedResource): boolean {
  return isDefinition(resource) || (resource.group === '' && resource.resource === 'namespaces');
}

function isDefinition({ group, resource }: DeployedResource): boolean {
  return group === 'apiextensions.k8s.io' && resource === 'customresourcedefinitions';
}

/** The objects of a usual deploy, whose role docs/deploys.md has. */
export const usualResources: readonly DeployedResource[] = [
  { group: '', resource: 'configmaps', isNamespaced: true },
  { group: 'apps', resource: 'deployments', isNamespaced: true },
  { group: '', resource: 'services', isNamespaced: true },
  { group: '', resource: 'secrets', isNamespaced: true },
];

/**
 * The permissions of a usual deploy in its namespace: for its objects, its record, the reasons why something is not ready,
 * hooks in containers and forwarded ports (docs/deploys.md, "Permissions").
 */
export const usualDeployPermissions: readonly Permission[] = distinct([
  ...permissionsForDeploys(usualResources).inNamespaces,
  ...['pods', 'events'].flatMap((resource) => reading({ group: '', resource, isNamespaced: true })),
  ...reading({ group: 'apps', resource: 'replicasets', isNamespaced: true }),
  { verb: 'get', group: '', resource: 'pods', subresource: 'log', needed: 'always', why: whyNotReady },
  ...['create', 'get'].map((verb) => ({
    ...({ verb, group: '', resource: 'pods', subresource: 'exec', needed: 'always' } as const),
    why: 'needed for hooks in containers',
  })),
  ...['create', 'get'].map((verb) => ({
    ...({ verb, group: '', resource: 'pods', subresource: 'portforward', needed: 'always' } as const),
    why: 'needed for --port-forward',
  })),
]);

function reading(resource: DeployedResource): readonly Permission[] {
  return ['list', 'watch'].map((verb) => ({ ...permission(resource, verb), why: whyNotReady }));
}

function verbsFor(resource: DeployedResource): readonly string[] {
  return isDefinition(resource) ? ['get', ...forObjects] : forObjects;
}

function permission({ group, resource }: DeployedResource, verb: string): Permission {
  return { verb, group, resource, needed: 'always', why: verbs[verb] ?? '' };
}

function distinct(all: readonly Permission[]): readonly Permission[] {
  const known = new Map(all.map((each) => [`${each.group}/${resourceOf(each)}/${each.verb}`, each]));
  return [...known.values()];
}
