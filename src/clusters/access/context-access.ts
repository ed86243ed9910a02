import type { Clock } from '../../model/clock.ts';
import type { ClusterConnection } from './cluster-connection.ts';
import {
  kubeconfigText,
  mergeKubeconfigs,
  pickContext,
  textAt,
  type Fields,
  type KubeconfigFile,
  type PickedContext,
} from './kubeconfig.ts';
import { complete } from './read-kubeconfig.ts';
import { pemAt, UserLogin } from './user-login.ts';

export interface ContextRequest {
  /** As they were read, the first being the strongest. */
  readonly files: readonly KubeconfigFile[];
  /** Absent: the current one. */
  readonly context?: string;
  /** Instead of the context's. */
  readonly namespace?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** One context of a kubeconfig, for whoever goes there: a client of ours, or a tool that is given a kubeconfig. */
export interface ContextAccess {
  /** Of the context. */
  readonly name: string;
  /** That it is of. */
  readonly file: string;
  /** The address of the API server. */
  readonly server: string;
  /** `undefined`: the context names none, and nobody else does. */
  readonly namespace: string | undefined;
  /** The cluster's entry, its files embedded. */
  readonly cluster: Fields;
  readonly login: UserLogin;
}

/** Opens a context; nobody is asked to log in yet. @returns a sentence where it is not there or not complete */
export async function openContext({
  files,
  context: wanted,
  namespace,
  env,
  clock,
}: ContextRequest): Promise<ContextAccess | string> {
  if (files.length === 0) return 'there is no such file';
  const context = pickContext(mergeKubeconfigs(files), wanted);
  if (typeof context === 'string') return context;
  const cluster = await complete(context.cluster);
  if (typeof cluster === 'string') return `context "${context.name}": ${cluster}`;
  return accessOf(context, cluster, { namespace, env, clock });
}

function accessOf(
  { name, file, namespace, cluster: { fields }, user }: PickedContext,
  cluster: Fields,
  given: Pick<ContextRequest, 'env' | 'clock'> & { readonly namespace: string | undefined },
): ContextAccess {
  const login = new UserLogin({ user, cluster, env: given.env, clock: given.clock });
  return {
    name,
    file,
    server: textAt(fields, 'server') ?? '',
    namespace: given.namespace ?? namespace,
    cluster,
    login,
  };
}

/**
 * Fields by which a connection would be another one than ours: one that is not made is better than one to elsewhere, or
 * as somebody else.
 */
const unsupported: readonly (readonly [where: 'cluster' | 'user', field: string, what: string])[] = [
  ['cluster', 'proxy-url', 'its cluster is reached by a proxy (`proxy-url`), which is not supported'],
  ['user', 'as', 'its user acts for another one (`as`), which is not supported'],
  ['user', 'as-uid', 'its user acts for another one (`as-uid`), which is not supported'],
];

/** How a client of ours goes there. @returns a sentence where it cannot */
export function connectionOf(
  { server, namespace, cluster, login }: ContextAccess,
  described: string,
): ClusterConnection | string {
  for (const [where, field, what] of unsupported)
    if ((where === 'cluster' ? cluster : login.written)[field] !== undefined) return what;
  if (!/^https?:\/\//i.test(server) || !URL.canParse(server))
    return `its cluster has the server "${server}", which is no address`;
  const [authority, serverName] = [pemAt(cluster, 'certificate-authority-data'), textAt(cluster, 'tls-server-name')];
  return {
    described,
    server,
    namespace: namespace ?? 'default',
    ...(authority !== undefined && { authority }),
    ...(serverName !== undefined && { serverName }),
    ...(cluster['insecure-skip-tls-verify'] === true && { insecure: true }),
    login,
  };
}

/**
 * A kubeconfig of this context alone that is complete in itself, for a tool that runs elsewhere.
 * @param server instead of its own address
 * @param user what the login gives just now
 */
export function kubeconfigOf(
  { name, namespace, cluster }: Pick<ContextAccess, 'name' | 'namespace' | 'cluster'>,
  user: Fields,
  server?: string,
): string {
  return kubeconfigText({ name, namespace, cluster: { ...cluster, ...(server !== undefined && { server }) }, user });
}
