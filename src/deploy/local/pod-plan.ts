import type { LocalContainer, LocalRestart, LocalVolume, LocalWorkload } from '../../runtime/local-deployments.ts';
import type { ConfigObjects } from './config-objects.ts';
import type { FieldReport } from './fields.ts';
import { Fields } from './fields.ts';
import { podContainer, type DeclaredPort } from './pod-containers.ts';
import { PodScope } from './pod-scope.ts';
import { podSecurity } from './pod-security.ts';
import { podVolumes } from './pod-volumes.ts';

/** One pod that a workload object asks for. */
export interface PodRequest {
  /** The name of the pod. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The pod's `spec`, and where it is in the object. */
  readonly spec: unknown;
  readonly path: string;
  /** Absent: the pod's own `restartPolicy` decides. */
  readonly restart?: LocalRestart;
  /** Volumes of a StatefulSet's templates: the mount's name and the claim. */
  readonly claims: readonly { readonly volume: string; readonly claim: string }[];
  /** The service that gives each pod of a StatefulSet a name. */
  readonly governing?: string;
  readonly hostPorts: boolean;
}

/** A pod as an engine runs it, without what Services add. */
export interface PlannedPod {
  readonly request: PodRequest;
  readonly ports: readonly DeclaredPort[];
  readonly used: ReadonlySet<string>;
  readonly hasSecretFiles: boolean;
  readonly workload: Omit<
    LocalWorkload,
    'name' | 'object' | 'digest' | 'sources' | 'aliases' | 'ports' | 'forwards' | 'initDeadlineSeconds'
  >;
}

/** Fields about nodes, accounts and schedulers. */
const clusterFields = [
  ...['affinity', 'tolerations', 'nodeSelector', 'nodeName', 'schedulerName', 'schedulingGates', 'overhead', 'os'],
  ...['topologySpreadConstraints', 'priority', 'priorityClassName', 'preemptionPolicy', 'runtimeClassName'],
  ...['serviceAccountName', 'serviceAccount', 'automountServiceAccountToken', 'imagePullSecrets', 'enableServiceLinks'],
  ...['dnsPolicy', 'subdomain', 'setHostnameAsFQDN', 'readinessGates', 'resourceClaims'],
];

const defaultGraceSeconds = 30;

export function planPod(
  request: PodRequest,
  configs: ConfigObjects,
  claimVolume: (claim: string) => string,
  report: FieldReport,
): PlannedPod {
  const pod = new Fields(request.spec, request.path, report);
  const scope = new PodScope({ ...request, serviceAccount: pod.text('serviceAccountName') ?? 'default' }, configs);
  const security = podSecurity(pod);
  const declared = new Set([
    ...pod.children('volumes').map((each) => each.text('name') ?? ''),
    ...request.claims.map(({ volume }) => volume),
  ]);
  const volumes: readonly LocalVolume[] = [
    ...podVolumes(pod, { scope, group: security.fsGroup, claimVolume }),
    ...request.claims.map(({ volume, claim }) => ({
      kind: 'claim' as const,
      name: volume,
      claim: `${request.namespace}/${claim}`,
      volume: claimVolume(`${request.namespace}/${claim}`),
    })),
  ];
  const context = { scope, security, volumes, declared };
  const init = pod.children('initContainers').map((each) => podContainer(each, 'init', context));
  const apps = pod.children('containers').map((each) => podContainer(each, 'app', context));
  if (apps.length === 0) pod.problem('containers', 'is empty');
  checkNames([...init, ...apps], pod);
  const restart = request.restart ?? restartOf(pod);
  const hostNetwork = pod.flag('hostNetwork') ?? false;
  const hostname = pod.text('hostname') ?? request.name;
  const workload = {
    hostname: hostname.slice(0, 63),
    initContainers: init.map(({ container }) => container),
    containers: apps.map(({ container }) => container),
    volumes,
    restart,
    extraHosts: pod
      .children('hostAliases')
      .flatMap((alias) => (alias.texts('hostnames') ?? []).map((name) => `${name}:${alias.text('ip') ?? ''}`)),
    network: hostNetwork ? ('engine' as const) : ('deploy' as const),
    sharesProcesses: pod.flag('shareProcessNamespace') ?? false,
    ipc: pod.flag('hostIPC') ? ('engine' as const) : ('own' as const),
    graceSeconds: pod.number('terminationGracePeriodSeconds') ?? defaultGraceSeconds,
    sysctls: security.sysctls,
  };
  pod.ignore(...clusterFields, 'restartPolicy').rest();
  return {
    request,
    ports: [...init, ...apps].flatMap(({ ports }) => ports),
    used: scope.used,
    hasSecretFiles: scope.hasSecretFiles,
    workload,
  };
}

function restartOf(pod: Fields): LocalRestart {
  const policy = pod.text('restartPolicy');
  return { policy: policy === 'OnFailure' ? 'on-failure' : policy === 'Never' ? 'never' : 'always' };
}

function checkNames(all: readonly { readonly container: LocalContainer }[], pod: Fields): void {
  const seen = new Set<string>();
  for (const { container } of all) {
    if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(container.name))
      pod.problem('containers', `${JSON.stringify(container.name)} is not a name of a container`);
    if (seen.has(container.name)) pod.problem('containers', `two containers are named ${container.name}`);
    seen.add(container.name);
  }
}
