/**
 * What a cluster has to allow Slipway, in one namespace; nothing here goes beyond it (docs/kubernetes.md,
 * "Permissions").
 */

/** One verb of one resource, as a `Role` has them (kubernetes.io, "Using RBAC Authorization"). */
export interface Permission {
  readonly verb: string;
  /** Of the API; `''` is the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Only for objects of this name. */
  readonly name?: string;
  /** `ports`: only for ports of a pod that are reached from here, which no pipeline does. */
  readonly needed: 'always' | 'secrets' | 'ports';
  /** For people: what goes wrong without it. */
  readonly why: string;
}

function core(
  resource: string,
  verbs: readonly string[],
  why: string,
  needed: Permission['needed'] = 'always',
): readonly Permission[] {
  const [main = '', subresource] = resource.split('/');
  return verbs.map((verb) => ({
    verb,
    group: '',
    resource: main,
    ...(subresource !== undefined && { subresource }),
    needed,
    why,
  }));
}

/** All but those of the operator's secrets, which have names. */
export const permissions: readonly Permission[] = [
  ...core('pods', ['create'], 'each step is a pod'),
  ...core('pods', ['get', 'list', 'watch'], 'what becomes of a pod is watched, and what dead runs left is found'),
  ...core('pods', ['patch'], 'how far the output of a step was read is noted on its pod, for `slipway resume`'),
  ...core('pods', ['delete'], 'pods are removed when their step has ended'),
  // WebSockets begin with a GET, which API servers before 1.35 hold against `get`, and later ones against `create` as
  // well.
  ...core('pods/exec', ['create', 'get'], 'files are handed to a step, and artifacts taken from it'),
  ...core('pods/log', ['get'], 'the output of steps'),
  ...core('events', ['list', 'watch'], 'Events tell seconds before the pod does why it cannot start'),
  ...core('pods/portforward', ['create', 'get'], 'ports of a pod are reached from here', 'ports'),
];

/** What a secret of the operator's file needs that is a Secret of the cluster. */
export function secretPermission(name: string): Permission {
  return {
    verb: 'get',
    group: '',
    resource: 'secrets',
    name,
    needed: 'secrets',
    why: "the operator's file maps a secret to it",
  };
}

/** What every run needs. */
export const runPermissions: readonly Permission[] = permissions.filter(({ needed }) => needed === 'always');

/** `pods/exec`. */
export function resourceOf({ resource, subresource }: Permission): string {
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}

/** The rules that allow all of these, each as a line of a `Role`: of one resource, and of one name, in one. */
export function rulesOf(wanted: readonly Permission[]): readonly string[] {
  const rules = new Map<string, { readonly first: Permission; readonly verbs: string[] }>();
  for (const permission of wanted) {
    const key = JSON.stringify([permission.group, resourceOf(permission), permission.name]);
    const rule = rules.get(key) ?? { first: permission, verbs: [] };
    rules.set(key, rule);
    if (!rule.verbs.includes(permission.verb)) rule.verbs.push(permission.verb);
  }
  return [...rules.values()].map(({ first, verbs }) => {
    const names = first.name === undefined ? '' : `, resourceNames: [${first.name}]`;
    return `- {apiGroups: ["${first.group}"], resources: [${resourceOf(first)}]${names}, verbs: [${verbs.join(', ')}]}`;
  });
}
