import type { Clock } from '../../model/clock.ts';
import type { KubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { Connection, RuntimeProvider } from '../runtime.ts';
import type { ClusterConnection } from '../../clusters/access/cluster-connection.ts';
import { ApiError, ClusterLost, hasStatus, LoginFailed } from '../../clusters/api/api-error.ts';
import { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { Deadline } from '../../util/deadline.ts';
import { openPodWatcher } from './pod/pod-watcher.ts';
import { KubernetesRuntime } from './kubernetes-runtime.ts';
import { LogPermission } from './workload/log-permission.ts';

export interface KubernetesProviderOptions {
  /** Returns the connection settings of the cluster, or a sentence that says why there are none. */
  connection(signal: AbortSignal): Promise<ClusterConnection | string>;
  readonly settings: KubernetesSettings;
  /**
   * The pod that Slipway itself runs in, with its namespace. Deleting it deletes the pods that Slipway created there.
   */
  readonly owner?: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly clock: Clock;
}

/** An API server behind a VPN answers slowly. */
const answerMs = 15_000;
/** A login in the browser takes a minute. */
const loginMs = 60_000;

/** Opens the cluster of a kubeconfig's context (`--on kubernetes`). */
export function kubernetesProvider(options: KubernetesProviderOptions): RuntimeProvider {
  return {
    kind: 'kubernetes',
    connect: async (signal): Promise<Connection> => {
      const connection = await options.connection(signal);
      if (typeof connection === 'string')
        return {
          status: 'unavailable',
          looked: [{ where: 'the cluster configuration', result: connection }],
          advice: ['kubectl config get-contexts      lists the contexts; choose one with --kube-context'],
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

/** Logs in before the first request, which has a shorter timeout. The credentials are reused for later requests. */
async function logIn({ login }: ClusterConnection, signal: AbortSignal): Promise<void> {
  using deadline = new Deadline(
    loginMs,
    () => new LoginFailed(`the login was not complete within ${loginMs / 1_000} s`),
    [signal],
  );
  try {
    const credentials = await login.credentials(false, deadline.signal);
    if (typeof credentials === 'string') throw new LoginFailed(credentials);
  } catch (error) {
    throw deadline.signal.aborted ? deadline.signal.reason : error;
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
    return `log in to the cluster again for ${described}, as for \`kubectl\``;
  return `kubectl cluster-info      asks the same cluster; choose another one with --kube-context`;
}
