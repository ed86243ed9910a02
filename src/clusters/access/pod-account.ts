/** The account of the pod that Slipway itself runs in (kubernetes.io, "Accessing the Kubernetes API from a Pod"). */
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
  /** Where the account is mounted. */
  readonly folder: string;
}

/** The pod that holds the account: what it starts may be its own. */
export interface OwnPod {
  readonly name: string;
  readonly uid: string;
  readonly namespace: string;
}

export interface PodAccount {
  readonly access: ContextAccess;
  /** As its token says; absent where that is of an older kind. */
  readonly pod?: OwnPod;
}

/** `undefined` where this is no pod, or one without an account. */
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
  // The token is replaced from time to time: the file is read again like any other.
  const login = new UserLogin({ user: { file: file('token'), fields: { tokenFile: 'token' } }, cluster, env, clock });
  const pod = podOf(token);
  return {
    access: { name: 'pod', file: file('token'), server, namespace: namespace?.trim() || undefined, cluster, login },
    ...(pod && { pod }),
  };
}

/**
 * The pod that a token was made for, by its claims (kubernetes.io, "Managing Service Accounts"): so that nobody has to
 * be asked for it, which would need a permission. They are believed as our own name is; whoever handed us the token
 * could have started us elsewhere too.
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
