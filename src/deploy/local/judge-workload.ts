import type { ContainerEnd, ContainerStatus } from '../../runtime/running-container.ts';
import type { ListedContainer, ListedWorkload } from '../../runtime/local-deployments.ts';

/** What is known of one container of a workload. */
export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly role: ListedContainer['role'];
  /** Absent until the engine has reported it. */
  readonly status?: ContainerStatus;
  /** Its probes succeeded. True without probes, once the container has run for a moment. */
  readonly ready: boolean;
  /** Why the last probe failed. */
  readonly probe?: string;
  /** Its startup probe failed for good. */
  readonly startupFailed?: true;
  /** It has ended, and the engine did not restart it for a while. */
  readonly stays?: true;
}

export type WorkloadState =
  | { readonly status: 'inProgress'; readonly message: string; readonly container?: string }
  | { readonly status: 'succeeded'; readonly message: string }
  /** `container`: the id of the one whose last lines say more. */
  | { readonly status: 'failed'; readonly message: string; readonly container?: string };

type Lifetime = Pick<ListedWorkload, 'ends' | 'mayEnd'>;

/** A program that cannot start at all fails this often within seconds. */
const crashLoop = 3;

/**
 * Returns what a cluster would say of a workload: a container that ends is started again, and is not ready until it
 * keeps running, whatever its exit code (kubernetes.io, "Pod Lifecycle", "Container restart policy").
 */
export function judgeWorkload(containers: readonly ObservedContainer[], lifetime: Lifetime): WorkloadState {
  const { ends } = lifetime;
  const waited = containers.filter(({ role }) => role !== 'init' && role !== 'holder');
  const states = waited.map((container) => judgeContainer(container, lifetime));
  const failed = states.find(({ status }) => status === 'failed');
  if (failed) return failed;
  const waiting = states.find(({ status }) => status === 'inProgress');
  if (waiting) return waiting;
  return { status: 'succeeded', message: ends ? 'it is complete' : 'it is ready' };
}

function judgeContainer(container: ObservedContainer, { ends, mayEnd }: Lifetime): WorkloadState {
  const { id, name, role, status, ready, probe } = container;
  if (status === undefined) return { status: 'inProgress', message: `container ${name} is starting` };
  const { state, previousEnd, restarts } = status;
  const failed = (message: string) =>
    ({ status: 'failed', message: `container ${name} ${message}`, container: id }) as const;
  const pending = (message: string) =>
    ({ status: 'inProgress', message: `container ${name} ${message}`, container: id }) as const;
  if (container.startupFailed) return failed(`did not start: ${probe ?? 'its startup probe failed'}`);
  if (state.phase === 'gone') return failed('was removed by another client');
  const last = state.phase === 'ended' ? state : previousEnd;
  if (last?.reason === 'OOMKilled') return failed('was killed: it used more memory than its limit');
  if (state.phase === 'ended' && state.exitCode === 0 && (ends || (mayEnd && container.stays)))
    return { status: 'succeeded', message: 'it has ended' };
  const advice = last?.exitCode === 0 ? ', but it must keep running' : '';
  if (container.stays && state.phase === 'ended') return failed(`${endText(state)}${advice}`);
  if (restarts >= crashLoop && last !== undefined && !ends)
    return failed(`${endText(last)}, ${restarts + 1} times${advice}`);
  if (state.phase === 'ended') return pending(endText(state));
  if (state.phase === 'waiting')
    return pending(last === undefined ? 'is starting' : `is restarting: it ${endText(last)}`);
  if (ends && role !== 'sidecar') return pending('is running');
  if (ready || ends) return { status: 'succeeded', message: 'it is ready' };
  return pending(probe === undefined ? 'is starting' : `is not ready: ${probe}`);
}

function endText({ exitCode, signal, detail }: ContainerEnd): string {
  const how = signal === undefined ? `exited with code ${exitCode}` : `was ended by ${signal}`;
  return detail === undefined ? how : `${how}: ${detail}`;
}
