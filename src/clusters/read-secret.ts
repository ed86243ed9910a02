import type { ClusterConnection } from './access/cluster-connection.ts';
import { ApiError, ClusterLost, hasStatus, LoginFailed } from './api/api-error.ts';
import { ClusterClient } from './api/cluster-client.ts';
import { rulesOf, secretPermission } from './permissions.ts';

/**
 * Reads a Secret of the connection's namespace.
 * @returns a sentence if it cannot be read; for a missing permission it includes the missing rule
 */
export async function readSecret(
  connection: ClusterConnection,
  name: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array> | string> {
  const { described, namespace } = connection;
  const client = new ClusterClient(connection);
  try {
    const { data } = await client.json<{ data?: Readonly<Record<string, string>> }>(
      'GET',
      `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`,
      { signal },
    );
    return new Map(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]));
  } catch (error) {
    signal.throwIfAborted();
    const where = `the Secret ${name} in namespace ${namespace} of ${described}`;
    if (hasStatus(error, 404)) return `${where} does not exist`;
    if (hasStatus(error, 403))
      return `reading ${where} is forbidden; missing rule: ${rulesOf([secretPermission(name)]).join('')}`;
    if (error instanceof ApiError || error instanceof ClusterLost || error instanceof LoginFailed)
      return `${where}: ${error.message}`;
    throw error;
  } finally {
    client.close();
  }
}
