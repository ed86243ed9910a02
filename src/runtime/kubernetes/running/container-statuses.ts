import { signalOf } from '../../exit-signal.ts';
import type {
  ContainerEnd,
  ContainerKind,
  ContainerRef,
  ContainerState,
  ContainerStatus,
  ControllerRef,
} from '../../running-container.ts';
import type {
  ContainerStatus as ReportedStatus,
  OwnerReference,
  Pod,
  PodContainer,
} from '../../../clusters/pods/pod-types.ts';

/** One container of a pod as the cluster reports it. */
export interface SeenContainer {
  readonly ref: ContainerRef;
  readonly status: ContainerStatus;
  /** No process of it can start any more, so its log is complete. */
  readonly finished: boolean;
}

/** Returns the containers of a pod in the order in which they start. */
export function containersOf(pod: Pod): readonly SeenContainer[] {
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec;
  const { initContainerStatuses, containerStatuses, ephemeralContainerStatuses } = pod.status ?? {};
  return [
    ...initContainers.map((each) => seen(pod, each, initKind(each), initContainerStatuses)),
    ...containers.map((each) => seen(pod, each, 'app', containerStatuses)),
    ...ephemeralContainers.map((each) => seen(pod, each, 'ephemeral', ephemeralContainerStatuses)),
  ];
}

function initKind(container: PodContainer): ContainerKind {
  return container['restartPolicy'] === 'Always' ? 'sidecar' : 'init';
}

function seen(
  pod: Pod,
  container: PodContainer,
  kind: ContainerKind,
  statuses: readonly ReportedStatus[] | undefined,
): SeenContainer {
  const { name: group, namespace, uid = '', labels = {}, ownerReferences = [] } = pod.metadata;
  const { name } = container;
  const reported = statuses?.find((each) => each.name === name);
  const controller = ownerReferences.find((owner) => owner.controller === true);
  const ref: ContainerRef = {
    runtime: 'kubernetes',
    id: `${uid}/${name}`,
    group,
    name,
    ...(namespace !== undefined && { namespace }),
    kind,
    ...(controller && { controller: controllerRef(controller) }),
    labels,
  };
  return { ref, status: statusOf(pod, container, reported), finished: isFinished(pod, kind, reported) };
}

function controllerRef({ apiVersion, kind, name, uid }: OwnerReference): ControllerRef {
  return { apiVersion, kind, name, uid };
}

function statusOf(pod: Pod, container: PodContainer, reported: ReportedStatus | undefined): ContainerStatus {
  const previous = reported?.lastState?.terminated;
  const state = stateOf(pod, reported);
  return {
    state,
    ...(previous && { previousEnd: endOf(previous) }),
    restarts: reported?.restartCount ?? 0,
    ready: state.phase === 'running' && reported?.ready === true,
    image: container.image ?? '',
    ...(reported?.imageID && { imageId: reported.imageID }),
    ...(pod.metadata.deletionTimestamp !== undefined && { leaving: true }),
  };
}

function stateOf(pod: Pod, reported: ReportedStatus | undefined): ContainerState {
  const { running, terminated, waiting } = reported?.state ?? {};
  if (terminated) return { phase: 'ended', ...endOf(terminated) };
  if (running) {
    const startedAt = timeOf(running.startedAt);
    return { phase: 'running', ...(startedAt !== undefined && { startedAt }) };
  }
  const unscheduled = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  // An evicted pod has a reason, but perhaps no statuses.
  const { reason, message } = waiting ?? unscheduled ?? pod.status ?? {};
  return { phase: 'waiting', reason: reason ?? 'Pending', ...(message && { detail: message }) };
}

type Terminated = NonNullable<NonNullable<ReportedStatus['state']>['terminated']>;

const firstSignalCode = 128;

function endOf({ exitCode, signal: number, reason, message, startedAt, finishedAt }: Terminated): ContainerEnd {
  const signal = signalOf(number === undefined || number === 0 ? exitCode : firstSignalCode + number);
  const [began, ended] = [timeOf(startedAt), timeOf(finishedAt)];
  return {
    exitCode,
    ...(signal !== undefined && { signal }),
    ...(reason && { reason }),
    ...(message && { detail: message }),
    ...(began !== undefined && { startedAt: began }),
    ...(ended !== undefined && { endedAt: ended }),
  };
}

/** A container that was never started has the time 0. */
function timeOf(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) || at <= 0 ? undefined : at;
}

function isFinished(pod: Pod, kind: ContainerKind, reported: ReportedStatus | undefined): boolean {
  const { phase } = pod.status ?? {};
  if (phase === 'Succeeded' || phase === 'Failed') return true;
  const end = reported?.state?.terminated;
  if (end === undefined) return false;
  const isOnce = kind === 'ephemeral' || (kind !== 'sidecar' && pod.spec['restartPolicy'] === 'Never');
  return isOnce || (kind === 'init' && end.exitCode === 0);
}
