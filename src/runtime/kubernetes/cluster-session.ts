import type { Clock } from '../../model/clock.ts';
import type { KubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import type { PodWatcher } from './pod/pod-news.ts';
import type { LogPermission } from './workload/log-permission.ts';

/** What everybody in this folder needs of one cluster. */
export interface ClusterSession {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly namespace: string;
  readonly settings: KubernetesSettings;
  readonly watcher: PodWatcher;
  readonly logPermission: LogPermission;
  /** The pod that Slipway itself runs in, of the same namespace: its pods go with it. */
  readonly owner?: { readonly name: string; readonly uid: string };
  /** When this process last removed a pod, in milliseconds since 1970: quotas count it for a moment longer. */
  readonly lastRemoval: { at?: number };
  /** Images that turned out to have no shell: no gate can be in front of their commands. */
  readonly withoutShell: Set<string>;
}

/** The address of the namespace's pods, or of something about one of them. */
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
