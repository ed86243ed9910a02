import { killedByNode } from '../../clusters/pods/killed-by-node.ts';
import { memoryLimitOf } from '../../clusters/pods/memory-limit.ts';
import { isMissing, missingMessage } from '../../clusters/pods/missing-object.ts';
import { eventsOf, statusOf } from '../../clusters/pods/observed-container.ts';
import type { ObservedPod } from '../../clusters/pods/observed-pod.ts';
import type { ContainerState, ContainerStatus } from '../../clusters/pods/pod-types.ts';
import { signalOf } from '../../runtime/exit-signal.ts';
import { isStartError, readableStartError, startFailed } from '../../runtime/start-error.ts';
import { imageTrouble } from './image-trouble.ts';
import type { Trouble } from './trouble.ts';

export interface CrashLimits {
  /** After this many restarts a container that has ended again counts as failed. `never`: something else decides. */
  readonly restarts: number | 'never';
}

type Terminated = NonNullable<ContainerState['terminated']>;

/** Returns what keeps one container from being ready; `undefined` if nothing is known. */
export function containerTrouble(observed: ObservedPod, container: string, limits: CrashLimits): Trouble | undefined {
  const status = statusOf(observed, container);
  const found =
    status?.state?.running === undefined
      ? (endTrouble(observed, container, status, limits) ??
        imageTrouble(observed, container) ??
        creationTrouble(observed, container, status))
      : runningTrouble(observed, container, status);
  return found && { ...found, detail: `container ${container}: ${found.detail}` };
}

/** The container has ended, or waits for its restart. */
function endTrouble(
  observed: ObservedPod,
  container: string,
  status: ContainerStatus | undefined,
  { restarts: limit }: CrashLimits,
): Trouble | undefined {
  const { terminated, waiting } = status?.state ?? {};
  const isLooping = waiting?.reason === 'CrashLoopBackOff' || waiting?.reason === 'RunContainerError';
  const end = terminated ?? (isLooping ? status?.lastState?.terminated : undefined);
  if (status === undefined || end === undefined || hasDone(observed, container, end)) return undefined;
  if (end.reason === 'StartError' || end.reason === 'ContainerCannotRun') return startTrouble(end.message ?? '');
  const { restartCount = 0 } = status;
  const isLast = observed.pod?.spec['restartPolicy'] === 'Never' && !isRestarted(observed, container);
  return {
    detail: crashDetail(observed, container, end, restartCount),
    heals: limit !== 'never' && (isLast || restartCount >= limit) ? 'never' : 'maybe',
    log: { pod: observed.pod?.metadata.name ?? '', container },
  };
}

/** Reports whether an end is what the container is for: an init container, or a container of a pod that completes. */
function hasDone(observed: ObservedPod, container: string, { exitCode }: Terminated): boolean {
  if (exitCode !== 0) return false;
  const isInit = observed.pod?.spec.initContainers?.some(({ name }) => name === container) === true;
  return (
    !isRestarted(observed, container) && (isInit || (observed.pod?.spec['restartPolicy'] ?? 'Always') !== 'Always')
  );
}

/** Reports whether the container is a sidecar, which has a policy of its own (kubernetes.io, "Sidecar Containers"). */
function isRestarted({ pod }: ObservedPod, container: string): boolean {
  return pod?.spec.initContainers?.find(({ name }) => name === container)?.['restartPolicy'] === 'Always';
}

function crashDetail(observed: ObservedPod, container: string, end: Terminated, restarts: number): string {
  const times = restarts === 0 ? '' : `, restarted ${restarts === 1 ? 'once' : `${restarts} times`}`;
  const kill = killedByNode(observed, container);
  if (kill !== undefined) return `was killed: ${kill.why}${times}${kill.detail === '' ? '' : `: ${kill.detail}`}`;
  return `${endMessage(observed, container, end)}${times}`;
}

function endMessage(observed: ObservedPod, container: string, { exitCode, reason }: Terminated): string {
  const limit = memoryLimitOf(observed, container);
  if (reason === 'OOMKilled') return `ran out of memory${limit === undefined ? '' : ` (its limit is ${limit})`}`;
  const signal = signalOf(exitCode);
  return signal === undefined ? `exited with code ${exitCode}` : `was killed by ${signal}`;
}

/** The container runs, but is not ready. */
function runningTrouble(observed: ObservedPod, container: string, status: ContainerStatus): Trouble | undefined {
  if (status.ready === true) return undefined;
  const log = { pod: observed.pod?.metadata.name ?? '', container };
  const probes = eventsOf(observed, container).filter(
    ({ reason, message }) => reason === 'Unhealthy' && /^(Readiness|Startup) probe /.test(message),
  );
  const last = probes.at(-1)?.message;
  if (last !== undefined) return { detail: probeDetail(last), heals: 'maybe', log };
  const end = status.lastState?.terminated;
  if (end === undefined) return undefined;
  return { detail: crashDetail(observed, container, end, status.restartCount ?? 0), heals: 'maybe', log };
}

/** `Readiness probe failed: not yet` → `its readiness probe failed: not yet`. */
function probeDetail(said: string): string {
  return `its ${said.slice(0, 1).toLowerCase()}${said.slice(1).trim()}`.replace(/[:\s]+$/, '');
}

const creationReasons = [
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
];

/** The node cannot create or start the container. */
function creationTrouble(
  observed: ObservedPod,
  container: string,
  status: ContainerStatus | undefined,
): Trouble | undefined {
  const waiting = status?.state?.waiting;
  const ofStatus = creationReasons.includes(waiting?.reason ?? '') ? (waiting?.message ?? waiting?.reason) : undefined;
  const said = ofStatus ?? creationEvent(observed, container);
  if (said === undefined) return undefined;
  if (isStartError(said)) return startTrouble(said);
  if (isMissing(said)) return { detail: missingMessage(said), heals: 'maybe' };
  const isFinal = /runAsNonRoot|non-numeric user|will run as root/.test(said);
  return { detail: said, heals: isFinal ? 'never' : 'maybe' };
}

/** The node created the container, but its command cannot start. */
function startTrouble(said: string): Trouble {
  return { detail: readableStartError(said), heals: 'never', failure: startFailed(said) };
}

/** Events say so before the status does. */
function creationEvent(observed: ObservedPod, container: string): string | undefined {
  const events = eventsOf(observed, container);
  const last = events.findLastIndex(
    ({ reason, message }) => reason === 'Failed' && /^Error: (?!ErrImage|ImagePull|InvalidImage)/.test(message),
  );
  const isOver = events.slice(last + 1).some(({ reason }) => reason === 'Started');
  return last < 0 || isOver ? undefined : events[last]?.message.slice('Error: '.length);
}
