import type { KubernetesSettings, PodUser } from '../../../model/kubernetes-settings.ts';
import { argumentText } from '../../mounts.ts';
import type { ContainerSpec, VolumeSpec, WorkloadSpec } from '../../runtime.ts';
import { controlPath, controlVolume, gateName, fillContainer, helperContainer } from './control-volume.ts';
import { gateCommand, helperCommand, stopCommand, type Gate } from './gate.ts';
import { allContainers, helperMounts } from './helper-mounts.ts';
import { overTemplate } from './pod-template.ts';
import type { Pod, PodContainer } from '../../../clusters/pods/pod-types.ts';

/** The inputs of a pod besides its workload. */
export interface PodContext {
  /**
   * `gated`: every container waits at a gate until its files are there. Its image needs a shell. `raw`: the container
   * runs its own command, and an init container receives the files. Needs `settings.helperImage`.
   */
  readonly form: 'gated' | 'raw';
  /** The pod that Slipway itself runs in, if any. Deleting it deletes the pods that Slipway created. */
  readonly owner?: { readonly name: string; readonly uid: string };
}

/** Labels of every pod besides the workload's own: `kubectl get pods -l app.kubernetes.io/managed-by=slipway`. */
const podLabels = {
  'app.kubernetes.io/managed-by': 'slipway',
  'app.kubernetes.io/name': 'slipway',
  'app.kubernetes.io/component': 'step',
} as const;

/**
 * The names of the workload's containers, separated by commas. An adopting process cannot tell them from the template's
 * otherwise.
 */
export const containersAnnotation = 'slipway.dev/containers';

/**
 * The grace period for other clients that delete the pod. Slipway stops commands itself (docs/design/product.md,
 * "Command line": grace is 10 s).
 */
const graceSeconds = 10;

/**
 * Returns the pod of a workload for the API: one helper container, then the workload's containers. The operator's
 * template, and over it the workload's own, win for every field that Slipway does not depend on.
 */
export function podOf(spec: WorkloadSpec, settings: KubernetesSettings, context: PodContext): Pod {
  const ours: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadataOf(spec, context),
    spec: specOf(spec, settings, context),
  };
  return overTemplate(settings.podTemplate, overTemplate(spec.template, ours), defaultsOf(spec));
}

/** Returns the image of the helper. */
export function helperImageOf(spec: WorkloadSpec, settings: KubernetesSettings): string {
  return spec.helperImage ?? settings.helperImage ?? allContainers(spec)[0]?.image ?? '';
}

/** Returns the gates of a gated pod in the order in which they open. */
export function gatesOf(spec: WorkloadSpec): readonly Gate[] {
  const mounts = helperMounts(spec);
  return allContainers(spec).map((container) => ({
    container: container.name,
    paths: mounts
      .filter(({ volume }) => container.mounts.some((mount) => mount.volume === volume))
      .map(({ path }) => path),
  }));
}

function metadataOf(spec: WorkloadSpec, { owner }: PodContext): Pod['metadata'] {
  return {
    name: spec.name,
    labels: { ...podLabels, ...spec.labels },
    annotations: { ...spec.annotations, [containersAnnotation]: spec.containers.map(({ name }) => name).join(',') },
    ...(owner && { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: owner.name, uid: owner.uid }] }),
  };
}

/** Returns what a template may override. */
function defaultsOf(spec: WorkloadSpec): Readonly<Record<string, unknown>> {
  return {
    terminationGracePeriodSeconds: graceSeconds,
    enableServiceLinks: false,
    ...(spec.serviceAccount === undefined && { automountServiceAccountToken: false }),
  };
}

function specOf(spec: WorkloadSpec, settings: KubernetesSettings, { form }: PodContext): Pod['spec'] {
  const make = { spec, settings };
  const gated = form === 'gated';
  const initContainers = gated
    ? []
    : [
        helperOf(make, fillContainer, [fillContainer]),
        ...(spec.initContainers ?? []).map((container) => containerOf(make, container, form)),
      ];
  const others = gated ? allContainers(spec) : spec.containers;
  return {
    restartPolicy: 'Never',
    ...(spec.serviceAccount !== undefined && { serviceAccountName: spec.serviceAccount }),
    ...(settings.restricted && { securityContext: restrictedPod(settings.restricted) }),
    ...(initContainers.length > 0 && { initContainers }),
    containers: [
      helperOf(make, helperContainer, [helperContainer, ...(gated ? others.map(({ name }) => name) : [])]),
      ...others.map((container) => containerOf(make, container, form)),
    ],
    volumes: [...spec.volumes.map(volumeOf), { name: controlVolume, emptyDir: { medium: 'Memory' } }],
  };
}

interface Making {
  readonly spec: WorkloadSpec;
  readonly settings: KubernetesSettings;
}

function helperOf({ spec, settings }: Making, name: string, gates: readonly string[]): PodContainer {
  return {
    name,
    image: helperImageOf(spec, settings),
    // `--pull always` is about the step's image.
    imagePullPolicy: spec.pull === 'never' ? 'Never' : 'IfNotPresent',
    command: withoutReferences(helperCommand(name, gates)),
    workingDir: '/',
    volumeMounts: [...helperMounts(spec).map(({ volume, path }) => ({ name: volume, mountPath: path })), controlMount],
    ...(settings.restricted && { securityContext: restrictedContainer }),
  };
}

const controlMount = { name: controlVolume, mountPath: controlPath };

function containerOf({ spec, settings }: Making, container: ContainerSpec, form: PodContext['form']): PodContainer {
  const rootOf = (volume: string) => {
    const mount = container.mounts.find((one) => one.volume === volume);
    if (!mount) throw new Error(`container ${container.name} does not mount volume ${volume}`);
    return mount.path;
  };
  const directory =
    container.workingDirectory === undefined ? undefined : argumentText(container.workingDirectory, rootOf);
  // The node would create a missing directory as root. So the command itself enters a directory that arrives with the
  // files.
  const later = form === 'gated' && directory !== undefined && !container.mounts.some(({ path }) => path === directory);
  const own = container.command.map((argument) => argumentText(argument, rootOf));
  const command = withoutReferences(
    later ? ['/bin/sh', '-c', 'cd "$1" && shift && exec "$@"', gateName, directory, ...own] : own,
  );
  const env = Object.entries(container.env).map(([name, value]) => ({
    name,
    value: withoutReference(argumentText(value, rootOf)),
  }));
  return {
    name: container.name,
    image: container.image,
    imagePullPolicy: pullPolicies[spec.pull],
    ...(form === 'gated'
      ? {
          command: withoutReferences(gateCommand(container.name)),
          args: command,
          lifecycle: stopBefore(container.name),
        }
      : { command }),
    ...(directory !== undefined && !later && { workingDir: directory }),
    ...(env.length > 0 && { env }),
    ...(container.memoryBytes !== undefined && { resources: { limits: { memory: String(container.memoryBytes) } } }),
    volumeMounts: [
      ...container.mounts.map(({ volume, path }) => ({ name: volume, mountPath: path })),
      ...(form === 'gated' ? [controlMount] : []),
    ],
    ...(settings.restricted && { securityContext: restrictedContainer }),
  };
}

const pullPolicies: Readonly<Record<WorkloadSpec['pull'], string>> = {
  missing: 'IfNotPresent',
  always: 'Always',
  never: 'Never',
};

/** The kubelet's SIGTERM reaches only the gate, which ignores it as the first process of its container. */
function stopBefore(container: string): object {
  return { preStop: { exec: { command: stopCommand(container, 'TERM') } } };
}

/** Kubernetes replaces `$(NAME)` in commands and values, and `$$` by `$`. `$$(NAME)` yields `$(NAME)`. */
function withoutReference(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function withoutReferences(command: readonly string[]): readonly string[] {
  return command.map(withoutReference);
}

function volumeOf({ name, confidential }: VolumeSpec): Readonly<Record<string, unknown>> {
  return { name, emptyDir: confidential ? { medium: 'Memory' } : {} };
}

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
function restrictedPod({ user, group }: PodUser): object {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: group,
    fsGroup: group,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

const restrictedContainer = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
