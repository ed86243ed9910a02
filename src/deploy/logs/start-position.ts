import type { FollowedPosition } from '../../model/work.ts';
import type { ContainerStatus, LogPosition } from '../../runtime/running-container.ts';

/** The clocks of this machine and of the platform may differ by as much. */
const clockSkewMs = 60_000;

/**
 * Returns where to start reading the output of a container. One that was read before continues there. One that ran long
 * before the deploy began starts at the deploy. One that restarted since may be as old, so it starts shortly before the
 * deploy. All others start at their beginning.
 * @param id of the container, as the platform reports it
 * @param stored what the log of the run has of the container's name
 */
export function startPosition(
  id: string,
  status: ContainerStatus,
  stored: FollowedPosition | undefined,
  beganAt: number | undefined,
): LogPosition {
  if (stored?.id === id) {
    const { id: _, ...position } = stored;
    return position;
  }
  if (beganAt === undefined) return {};
  const startedAt = startOf(status);
  if (startedAt !== undefined && startedAt < beganAt - clockSkewMs) return { since: beganAt };
  return status.restarts > 0 ? { since: beganAt - clockSkewMs } : {};
}

/** Returns when the current process started, or the last one, by the platform's clock. */
function startOf({ state, previousEnd }: ContainerStatus): number | undefined {
  if (state.phase === 'running' || state.phase === 'ended') return state.startedAt;
  return state.phase === 'waiting' ? previousEnd?.startedAt : undefined;
}
