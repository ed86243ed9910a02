import { eventsOf } from './observed-container.ts';
import type { ObservedPod } from './observed-pod.ts';

/** Why a kubelet killed a container. */
export interface NodeKill {
  /** For example `its liveness probe failed`. */
  readonly why: string;
  /** The output of the probe or hook. Empty if the kubelet does not report it. */
  readonly detail: string;
}

/**
 * Returns why a kubelet killed a container after a failed probe or hook; `undefined` if it did not. With
 * `restartPolicy: Never` the container then stays ended. Only Events say why: the status holds just the exit code.
 * Messages as of Kubernetes 1.34.
 */
export function killedByNode(observed: ObservedPod, container: string): NodeKill | undefined {
  const events = eventsOf(observed, container);
  for (const { reason, message } of events) {
    if (reason !== 'Killing') continue;
    const probe = /failed (liveness|startup) probe/.exec(message)?.[1];
    if (probe !== undefined)
      return {
        why: `its ${probe} probe failed`,
        detail: saidBy('Unhealthy', new RegExp(`^${probe} probe .*: \\S`, 'is')),
      };
    // Older kubelets include the hook's output. Newer ones only report that it failed.
    if (/PostStartHook/.test(message))
      return {
        why: 'its postStart hook failed',
        detail: saidBy('FailedPostStartHook', /^(?!PostStartHook failed$)/),
      };
  }
  return undefined;

  function saidBy(wanted: string, ofIt: RegExp): string {
    return (
      events
        .findLast(({ reason, message }) => reason === wanted && ofIt.test(message))
        ?.message.replace(/:?\s*$/, '') ?? ''
    );
  }
}
