/**
 * Reads the account of the pod that Slipway itself runs in (kubernetes.io, "Accessing the Kubernetes API from a Pod").
 */
import { join } from 'node:path';
import type { Clock } from '../../model/clock.ts';
import { readRegularFile } from '../../util/read-regular-file.ts';
import type { ContextAccess } from './context-access.ts';
import { asFields, textAt, type Fields } from './kubeconfig.ts';
import { UserLogin } from './user-login.ts';

export const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface PodAccountPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** The folder where the account is mounted. */
  readonly folder: string;
}

/** The pod of the account. It can own the pods that it creates. */
export interface OwnPod {
  readonly name: string;
  readonly uid: string;
  readonly namespace: string;
}

export interface PodAccount {
  readonly access: ContextAccess;
  /** From the token. Absent for older kinds of tokens. */
  readonly pod?: OwnPod;
}

/** Returns `undefined` outside a pod, or in a pod without an account. */
export async function findPodAccount({ env, clock, folder }: PodAccountPlaces): Promise<PodAccount | undefined> {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const file = (name: string) => join(folder, name);
  const read = async (name: string) => await readRegularFile(file(name)).then(String, () => undefined);
  const [token, namespace, authority] = await Promise.all(['token', 'namespace', 'ca.crt'].map(read));
  if (host === undefined || host === '' || token === undefined) return undefined;
  const port = env['KUBERNETES_SERVICE_PORT'] || '443';
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const cluster: Fields = {
    server,
    ...(authority !== undefined && { 'certificate-authority-data': Buffer.from(authority).toString('base64') }),
  };
  // Kubernetes replaces the token from time to time, so read the file again like any other.
  const login = new UserLogin({ user: { file: file('token'), fields: { tokenFile: 'token' } }, cluster, env, clock });
  const pod = podOf(token);
  return {
    access: { name: 'pod', file: file('token'), server, namespace: namespace?.trim() || undefined, cluster, login },
    ...(pod && { pod }),
  };
}

/**
 * Returns the pod that a token was issued for, from its claims (kubernetes.io, "Managing Service Accounts"). This needs
 * no API request and so no permission. The claims are trusted: the provider of the token also controls where Slipway
 * runs.
 */
export function podOf(token: string): OwnPod | undefined {
  try {
    const claims = asFields(JSON.parse(Buffer.from(token.trim().split('.')[1] ?? '', 'base64url').toString('utf8')));
    const bound = asFields(claims['kubernetes.io']);
    const pod = asFields(bound['pod']);
    const [name, uid, namespace] = [textAt(pod, 'name'), textAt(pod, 'uid'), textAt(bound, 'namespace')];
    return name !== undefined && uid !== undefined && namespace !== undefined ? { name, uid, namespace } : undefined;
  } catch {
    return undefined;
  }
}
