import { eventsOf } from './container-news.ts';
import type { PodNews } from './pod-news.ts';

/** Why a kubelet killed a container. */
export interface NodeKill {
  /** `its liveness probe failed`. */
  readonly why: string;
  /** What the probe or hook said; empty where the kubelet does not tell. */
  readonly detail: string;
}

/**
 * Returns why a kubelet killed a container for a probe or hook of its own; `undefined` where it did not. With
 * `restartPolicy: Never` that is the container's end. Only Events tell: its state has no more than the exit code.
 * Messages as of Kubernetes 1.34.
 */
export function killedByNode(news: PodNews, container: string): NodeKill | undefined {
  const events = eventsOf(news, container);
  for (const { reason, message } of events) {
    if (reason !== 'Killing') continue;
    const probe = /failed (liveness|startup) probe/.exec(message)?.[1];
    if (probe !== undefined)
      return {
        why: `its ${probe} probe failed`,
        detail: saidBy('Unhealthy', new RegExp(`^${probe} probe .*: \\S`, 'is')),
      };
    // Older kubelets add what the hook said; later ones only that it failed.
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
