import { signalOf } from '../../exit-signal.ts';
import type { ContainerEnd, ContainerRef, ContainerState, ContainerStatus } from '../../running-container.ts';
import { hasEnded, ownLabels, timeOf, type InspectedContainer } from '../api/engine-session.ts';

/** What is known of one container: its status, and what the next one depends on. */
export interface DockerRecord {
  readonly status: ContainerStatus;
  /** The start time of the last process that was seen. */
  readonly startedAt?: number;
}

/** The end of a process as an event of the engine reports it. */
export type ReportedEnd = Pick<ContainerEnd, 'exitCode' | 'endedAt'>;

/**
 * Returns the record after an inspection.
 * @param before absent: the container is seen for the first time
 * @param reported the last end that an event reported. An inspection after a restart no longer has the exit code
 */
export function dockerRecord(
  inspected: InspectedContainer,
  before?: DockerRecord,
  reported?: ReportedEnd,
): DockerRecord {
  const { State: state, Config: config, Image: imageId } = inspected;
  const startedAt = timeOf(state.StartedAt);
  const previousEnd = endBefore(inspected, before, reported);
  const health = state.Health?.Status ?? '';
  const status: ContainerStatus = {
    state: stateOf(inspected),
    ...(previousEnd && { previousEnd }),
    restarts: restartsOf(inspected, before),
    ready: isRunning(state) && (health === '' || health === 'none' || health === 'healthy'),
    image: config.Image ?? '',
    ...(imageId !== undefined && { imageId }),
    ...(state.Status === 'removing' && { leaving: true }),
  };
  return { status, ...(startedAt !== undefined && { startedAt }) };
}

export function dockerRef({ Id: id, Name: name, Config: { Labels: labels } }: InspectedContainer): ContainerRef {
  const ownName = name.replace(/^\//, '');
  const role = labels?.[ownLabels.role];
  return {
    runtime: 'docker',
    id,
    group: labels?.[ownLabels.workload] ?? ownName,
    name: labels?.[ownLabels.container] ?? ownName,
    kind: role === 'init' || role === 'sidecar' ? role : role === 'shell' ? 'ephemeral' : 'app',
    labels: labels ?? {},
  };
}

function stateOf({ State: state }: InspectedContainer): ContainerState {
  if (hasEnded(state) || state.Status === 'removing') return { phase: 'ended', ...endOf(state) };
  if (!isRunning(state)) return { phase: 'waiting', reason: state.Status, ...(state.Error && { detail: state.Error }) };
  const startedAt = timeOf(state.StartedAt);
  return { phase: 'running', ...(startedAt !== undefined && { startedAt }) };
}

/** A paused container runs, slowly. One that waits for its restart is `Running` for Docker, too. */
function isRunning({ Status: status }: InspectedContainer['State']): boolean {
  return status === 'running' || status === 'paused' || status === 'stopping';
}

function endOf(state: InspectedContainer['State']): ContainerEnd {
  const signal = signalOf(state.ExitCode);
  const [startedAt, endedAt] = [timeOf(state.StartedAt), timeOf(state.FinishedAt)];
  return {
    exitCode: state.ExitCode,
    ...(signal !== undefined && { signal }),
    ...(state.OOMKilled && { reason: 'OOMKilled' }),
    ...(state.Error && { detail: state.Error }),
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
  };
}

/**
 * Returns how the process before the current one ended. While a container waits for its restart, the inspection has it.
 */
function endBefore(
  { State: state }: InspectedContainer,
  before: DockerRecord | undefined,
  reported: ReportedEnd | undefined,
): ContainerEnd | undefined {
  if (state.Status === 'restarting') return endOf(state);
  const isNew = before?.startedAt !== undefined && before.startedAt !== timeOf(state.StartedAt);
  if (!isNew) return before?.status.previousEnd;
  const last = before.status.state.phase === 'ended' ? before.status.state : undefined;
  if (last) {
    const { phase: _, ...end } = last;
    return end;
  }
  // Two restarts between two inspections: the event is the newer one.
  if (reported === undefined) return before.status.previousEnd;
  const signal = signalOf(reported.exitCode);
  const seen = before.status.previousEnd;
  if (seen?.startedAt === before.startedAt && seen.exitCode === reported.exitCode) return seen;
  return { ...reported, ...(signal !== undefined && { signal }) };
}

/**
 * Counts a restart once its process has started. The engine counts only those of its restart policy, and some before
 * the start.
 */
function restartsOf({ State: state, RestartCount: count = 0 }: InspectedContainer, before?: DockerRecord): number {
  const counted = state.Status === 'restarting' ? Math.max(0, count - 1) : count;
  if (before === undefined) return counted;
  const startedAt = timeOf(state.StartedAt);
  if (startedAt === undefined || startedAt === before.startedAt) return before.status.restarts;
  return before.startedAt === undefined ? counted : Math.max(before.status.restarts + 1, counted);
}
