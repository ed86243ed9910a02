import type { Clock } from '../../model/clock.ts';
import type { KubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import type { PodWatcher } from './pod/pod-watching.ts';
import type { LogPermission } from './workload/log-permission.ts';

/** What the files of this folder share for one cluster. */
export interface ClusterSession {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly namespace: string;
  readonly settings: KubernetesSettings;
  readonly watcher: PodWatcher;
  readonly logPermission: LogPermission;
  /** The pod that Slipway itself runs in, in the same namespace. Deleting it deletes the pods that Slipway created. */
  readonly owner?: { readonly name: string; readonly uid: string };
  /** When this process last removed a pod, in milliseconds since 1970. Quotas still count that pod for a moment. */
  readonly lastRemoval: { at?: number };
  /** Images without a shell. Their commands cannot have a gate. */
  readonly withoutShell: Set<string>;
}

/** Returns the API path of the namespace's pods, of one pod, or of a subresource. */
export function podPath(session: ClusterSession, pod = '', sub = ''): string {
  const parts = [
    '',
    'api',
    'v1',
    'namespaces',
    session.namespace,
    'pods',
    ...(pod === '' ? [] : [pod]),
    ...(sub === '' ? [] : [sub]),
  ];
  return parts.join('/');
}
