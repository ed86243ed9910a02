import type { Clock } from '../../model/clock.ts';
import type { KubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { Connection, RuntimeProvider } from '../runtime.ts';
import type { ClusterConnection } from '../../clusters/access/cluster-connection.ts';
import { ApiError, ClusterLost, hasStatus, LoginFailed } from '../../clusters/api/api-error.ts';
import { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { Deadline } from '../../clusters/api/deadline.ts';
import { openPodWatcher } from './pod/pod-watcher.ts';
import { KubernetesRuntime } from './kubernetes-runtime.ts';
import { LogPermission } from './workload/log-permission.ts';

export interface KubernetesProviderOptions {
  /** The way into the cluster, or a sentence why there is none. */
  connection(signal: AbortSignal): Promise<ClusterConnection | string>;
  readonly settings: KubernetesSettings;
  /**
   * The pod that Slipway itself runs in, with its namespace: pods of the same namespace belong to it, and go with it.
   */
  readonly owner?: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly clock: Clock;
}

/** An API server behind a VPN takes its time. */
const answerMs = 15_000;
/** So does somebody who logs in by a browser. */
const loginMs = 60_000;

/** `--on kubernetes`: the cluster of a kubeconfig's context. */
export function kubernetesProvider(options: KubernetesProviderOptions): RuntimeProvider {
  return {
    kind: 'kubernetes',
    connect: async (signal): Promise<Connection> => {
      const connection = await options.connection(signal);
      if (typeof connection === 'string')
        return {
          status: 'unavailable',
          looked: [{ where: 'the way into the cluster', result: connection }],
          advice: ['kubectl config get-contexts      lists those that there are; choose one with --kube-context'],
        };
      const client = new ClusterClient(connection);
      try {
        await logIn(connection, signal);
        const { gitVersion } = await client.json<{ gitVersion?: string }>('GET', '/version', {
          signal,
          deadlineMs: answerMs,
        });
        return { status: 'connected', runtime: openRuntime(client, connection, gitVersion ?? '', options) };
      } catch (error) {
        client.close();
        signal.throwIfAborted();
        if (error instanceof ClusterLost || error instanceof ApiError || error instanceof LoginFailed) {
          return {
            status: 'unavailable',
            looked: [{ where: `${connection.described} (${connection.server})`, result: error.message }],
            advice: [adviceFor(error, connection)],
          };
        }
        throw error;
      }
    },
  };
}

/**
 * Before anything is asked of the cluster, which has a shorter time to answer. The login is kept for the requests that
 * follow.
 */
async function logIn({ login }: ClusterConnection, signal: AbortSignal): Promise<void> {
  const deadline = new Deadline(
    loginMs,
    () => new LoginFailed(`the login was not complete within ${loginMs / 1_000} s`),
    [signal],
  );
  try {
    const credentials = await login.credentials(false, deadline.signal);
    if (typeof credentials === 'string') throw new LoginFailed(credentials);
  } catch (error) {
    throw deadline.signal.aborted ? deadline.signal.reason : error;
  } finally {
    deadline.end();
  }
}

function openRuntime(
  client: ClusterClient,
  connection: ClusterConnection,
  version: string,
  { settings, owner, clock }: KubernetesProviderOptions,
): KubernetesRuntime {
  const { namespace } = connection;
  const session = {
    client,
    clock,
    namespace,
    settings,
    watcher: openPodWatcher({ client, clock, namespace }),
    logPermission: new LogPermission(client, namespace),
    ...(owner?.namespace === namespace && { owner }),
    lastRemoval: {},
    withoutShell: new Set<string>(),
  };
  return new KubernetesRuntime(
    session,
    `${connection.described} · namespace ${namespace} · Kubernetes ${version.replace(/^v/, '')}`,
  );
}

function adviceFor(error: Error, { described }: ClusterConnection): string {
  if (error instanceof LoginFailed || hasStatus(error, 401, 403))
    return `log in to the cluster again, as \`kubectl\` would need it for ${described}`;
  return `kubectl cluster-info      asks the same cluster; choose another one with --kube-context`;
}
