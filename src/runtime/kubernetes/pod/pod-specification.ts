import type { KubernetesSettings, PodUser } from '../../../model/kubernetes-settings.ts';
import { argumentText } from '../../mounts.ts';
import type { ContainerSpec, VolumeSpec, WorkloadSpec } from '../../runtime.ts';
import { controlPath, controlVolume, gateName, fillContainer, helperContainer } from './control-volume.ts';
import { gateCommand, helperCommand, stopCommand, type Gate } from './gate.ts';
import { allContainers, helperMounts } from './helper-mounts.ts';
import { overTemplate } from './pod-template.ts';
import type { Pod, PodContainer } from './pod-types.ts';

/** What a pod is made for, beside its workload. */
export interface PodContext {
  /**
   * `gated`: every container waits at a gate of ours until its files are there; its image needs a shell. `raw`: its
   * command is its own, an init container is filled before; needs `settings.helperImage`.
   */
  readonly form: 'gated' | 'raw';
  /** The pod that Slipway itself runs in, if it does: what it made goes with it. */
  readonly owner?: { readonly name: string; readonly uid: string };
}

/** What every pod carries beside its workload's labels: `kubectl get pods -l app.kubernetes.io/managed-by=slipway`. */
const podLabels = {
  'app.kubernetes.io/managed-by': 'slipway',
  'app.kubernetes.io/name': 'slipway',
  'app.kubernetes.io/component': 'step',
} as const;

/** Names the containers of the workload, with commas: whoever goes on with it cannot tell them from the template's. */
export const containersAnnotation = 'slipway.dev/containers';

/**
 * What others who delete a pod grant its command; we stop commands ourselves (docs/design/product.md, "Command line":
 * grace is 10 s).
 */
const graceSeconds = 10;

/**
 * The pod of a workload, as the API takes it: one container that hands over files, then the workload's. What the
 * operator's template says counts wherever we do not depend on it.
 */
export function podOf(spec: WorkloadSpec, settings: KubernetesSettings, context: PodContext): Pod {
  const ours: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadataOf(spec, context),
    spec: specOf(spec, settings, context),
  };
  return overTemplate(settings.podTemplate, ours, defaultsOf(spec));
}

/** The image of the helper. */
export function helperImageOf(spec: WorkloadSpec, settings: KubernetesSettings): string {
  return settings.helperImage ?? allContainers(spec)[0]?.image ?? '';
}

/** The gates of a gated pod, in the order in which they are opened. */
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

/** What a template may say otherwise. */
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
    // Who asks for the newest image means the step's.
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
  // One that is only there once files have come would be made by the node, for root: the command goes there itself.
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

/** The kubelet's own SIGTERM reaches the gate only, which as the first process of its container never hears it. */
function stopBefore(container: string): object {
  return { preStop: { exec: { command: stopCommand(container, 'TERM') } } };
}

/** Kubernetes replaces `$(NAME)` in commands and values, and `$$` by `$`; nothing else stands for itself less. */
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
