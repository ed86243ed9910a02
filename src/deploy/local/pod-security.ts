import type { Fields } from './fields.ts';

/** What a pod or a container says about its user and its rights. */
export interface SecurityContext {
  readonly user?: string;
  readonly group?: string;
}

/** The part of the pod that its containers inherit. */
export interface PodSecurity extends SecurityContext {
  readonly fsGroup?: number;
  readonly groups: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
}

/** The fields that a cluster enforces, or that an engine does by itself. */
const enforced = ['runAsNonRoot', 'seccompProfile', 'appArmorProfile', 'seLinuxOptions', 'windowsOptions'];

export function podSecurity(pod: Fields): PodSecurity {
  const security = pod.child('securityContext');
  if (security === undefined) return { groups: [], sysctls: {} };
  const fsGroup = security.number('fsGroup');
  const more = security.has('supplementalGroups') ? numbers(security, 'supplementalGroups') : [];
  const sysctls = security.children('sysctls').map((each) => [each.text('name') ?? '', each.text('value') ?? '']);
  const own = userOf(security);
  security.ignore(...enforced, 'fsGroupChangePolicy', 'supplementalGroupsPolicy').rest();
  return {
    ...own,
    ...(fsGroup !== undefined && { fsGroup }),
    groups: [...(fsGroup === undefined ? [] : [String(fsGroup)]), ...more],
    sysctls: Object.fromEntries(sysctls) as Record<string, string>,
  };
}

export interface ContainerSecurity {
  readonly user?: string;
  readonly privileged: boolean;
  readonly addCapabilities: readonly string[];
  readonly dropCapabilities: readonly string[];
  readonly readOnlyRoot: boolean;
  readonly noNewPrivileges: boolean;
}

export function containerSecurity(container: Fields, pod: PodSecurity): ContainerSecurity {
  const security = container.child('securityContext');
  const own = security === undefined ? {} : userOf(security);
  const user = own.user ?? pod.user;
  const group = own.group ?? pod.group;
  const capabilities = security?.child('capabilities');
  const result: ContainerSecurity = {
    ...(user !== undefined && { user: group === undefined ? user : `${user}:${group}` }),
    privileged: security?.flag('privileged') ?? false,
    addCapabilities: capabilities?.texts('add') ?? [],
    dropCapabilities: capabilities?.texts('drop') ?? [],
    readOnlyRoot: security?.flag('readOnlyRootFilesystem') ?? false,
    noNewPrivileges: security?.flag('allowPrivilegeEscalation') === false,
  };
  if (user === undefined && group !== undefined)
    (security ?? container).note(
      'runAsGroup',
      'has no effect without `runAsUser`: an engine sets a group only with a user',
    );
  capabilities?.rest();
  security?.ignore(...enforced, 'procMount').rest();
  return result;
}

function userOf(security: Fields): SecurityContext {
  const [user, group] = [security.number('runAsUser'), security.number('runAsGroup')];
  return { ...(user !== undefined && { user: String(user) }), ...(group !== undefined && { group: String(group) }) };
}

function numbers(security: Fields, key: string): readonly string[] {
  return security.numbers(key).map(String);
}
