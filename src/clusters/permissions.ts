/** The permissions that Slipway needs in one namespace. It uses no others (docs/kubernetes.md, "Permissions"). */

/** One verb of one resource, as in a `Role` (kubernetes.io, "Using RBAC Authorization"). */
export interface Permission {
  readonly verb: string;
  /** The API group. `''` is the core group, `*` is every group. */
  readonly group: string;
  /** `*` is every resource. */
  readonly resource: string;
  readonly subresource?: string;
  /** Only for the object with this name. */
  readonly name?: string;
  /** `ports`: only to forward ports of a pod, which no pipeline does. */
  readonly needed: 'always' | 'secrets' | 'ports';
  /** For display: what the permission is for. */
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

/** All permissions except those for the operator's secrets, which depend on names. */
export const permissions: readonly Permission[] = [
  ...core('pods', ['create'], 'needed to start the pod of each step'),
  ...core('pods', ['get', 'list', 'watch'], 'needed to watch pods, and to find what dead runs left behind'),
  ...core('pods', ['patch'], 'needed to store on the pod how much of its output was read, for `slipway resume`'),
  ...core('pods', ['delete'], 'needed to remove pods when their step has ended'),
  // A WebSocket starts with a GET. API servers before 1.35 check `get` for it, later ones also `create`.
  ...core('pods/exec', ['create', 'get'], 'needed to transfer files to a step, and artifacts from it'),
  ...core('pods/log', ['get'], 'needed to read the output of steps'),
  ...core('events', ['list', 'watch'], 'needed to report why a pod cannot start, seconds before its status does'),
  ...core('pods/portforward', ['create', 'get'], 'needed to forward ports of a pod to this machine', 'ports'),
];

/** Returns the permission for a Secret of the cluster that the operator's file names. */
export function secretPermission(name: string): Permission {
  return {
    verb: 'get',
    group: '',
    resource: 'secrets',
    name,
    needed: 'secrets',
    why: "needed for a secret that the operator's file maps to it",
  };
}

/** The permissions that every run needs. */
export const runPermissions: readonly Permission[] = permissions.filter(({ needed }) => needed === 'always');

/** `pods/exec`. */
export function resourceOf({ resource, subresource }: Permission): string {
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}

/** Returns the rules that grant these permissions, one line of a `Role` for each resource and name. */
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
    // A bare `*` is an alias in YAML.
    const resource = first.resource === '*' ? '"*"' : resourceOf(first);
    return `- {apiGroups: ["${first.group}"], resources: [${resource}]${names}, verbs: [${verbs.join(', ')}]}`;
  });
}
