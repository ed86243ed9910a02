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
  /** The parsed files. The first one takes precedence. */
  readonly files: readonly KubeconfigFile[];
  /** Absent: the current context. */
  readonly context?: string;
  /** Overrides the context's namespace. */
  readonly namespace?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** One context of a kubeconfig, for Slipway's own client or for a tool that receives a kubeconfig. */
export interface ContextAccess {
  /** The name of the context. */
  readonly name: string;
  /** The file that contains the context. */
  readonly file: string;
  /** The address of the API server. */
  readonly server: string;
  /** `undefined`: neither the context nor the caller names one. */
  readonly namespace: string | undefined;
  /** The cluster's entry, with its files embedded. */
  readonly cluster: Fields;
  readonly login: UserLogin;
}

/**
 * Opens a context without logging in.
 * @returns a sentence if the context is missing or incomplete
 */
export async function openContext({
  files,
  context: wanted,
  namespace,
  env,
  clock,
}: ContextRequest): Promise<ContextAccess | string> {
  if (files.length === 0) return 'the file does not exist';
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

/** Fields that Slipway does not support. Ignoring them could connect to another cluster, or as another user. */
const unsupported: readonly (readonly [where: 'cluster' | 'user', field: string, what: string])[] = [
  ['cluster', 'proxy-url', 'the cluster uses a proxy (`proxy-url`), which is not supported'],
  ['user', 'as', 'the user impersonates another user (`as`), which is not supported'],
  ['user', 'as-uid', 'the user impersonates another user (`as-uid`), which is not supported'],
];

/**
 * Returns the connection for Slipway's own client.
 * @returns a sentence if there is none
 */
export function connectionOf(access: ContextAccess, described: string): ClusterConnection | string {
  const { name, server, namespace, cluster, login } = access;
  for (const [where, field, what] of unsupported)
    if ((where === 'cluster' ? cluster : login.written)[field] !== undefined) return what;
  if (!/^https?:\/\//i.test(server) || !URL.canParse(server))
    return `the cluster's server "${server}" is not a valid address`;
  const [authority, serverName] = [pemAt(cluster, 'certificate-authority-data'), textAt(cluster, 'tls-server-name')];
  return {
    described,
    context: name,
    server,
    namespace: namespace ?? 'default',
    ...(authority !== undefined && { authority }),
    ...(serverName !== undefined && { serverName }),
    ...(cluster['insecure-skip-tls-verify'] === true && { insecure: true }),
    login,
    async kubeconfig(signal) {
      const user = await login.fields(false, signal);
      return typeof user === 'string' ? { problem: user } : { text: kubeconfigOf(access, user) };
    },
  };
}

/**
 * Returns a self-contained kubeconfig with only this context, for a tool that runs elsewhere.
 * @param server overrides the cluster's address
 * @param user the current credentials
 */
export function kubeconfigOf(
  { name, namespace, cluster }: Pick<ContextAccess, 'name' | 'namespace' | 'cluster'>,
  user: Fields,
  server?: string,
): string {
  return kubeconfigText({ name, namespace, cluster: { ...cluster, ...(server !== undefined && { server }) }, user });
}
