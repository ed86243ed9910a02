import type { RegistryLogin } from '../../image-builder.ts';
import { parseImageReference, type ImageReference } from '../../../registry/image-reference.ts';
import {
  credentialSource,
  userCredentials,
  type AuthConfig,
  type CredentialFiles,
  type RegistryCredentials,
} from '../../../registry/registry-credentials.ts';

const hubNames = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);
const hubAddress = 'https://index.docker.io/v1/';

/** Who asks registries for something: what a login says, or the logins of the user. */
export interface RegistryLogins {
  readonly login: RegistryLogin | 'anonymous' | undefined;
  readonly own: CredentialFiles;
  readonly signal: AbortSignal;
}

export interface FoundCredentials {
  readonly credentials?: RegistryCredentials;
  /** Why the user's own could not be read. */
  readonly problem?: string;
}

/** For a push: a login that was named is used, and no other. */
export async function credentialsToPush(
  image: ImageReference,
  { login, own, signal }: RegistryLogins,
): Promise<FoundCredentials> {
  return login === undefined ? await userCredentials(image, own, signal) : written(image, login);
}

/** For base images, which may be anywhere: the login where it knows the registry, else the user's own. */
export async function credentialsToPull(
  image: ImageReference,
  { login, own, signal }: RegistryLogins,
): Promise<FoundCredentials> {
  if (login === 'anonymous') return {};
  // One name and password is that of the registry that is pushed to: another one must not be shown it.
  const found = login !== undefined && 'config' in login ? written(image, login) : {};
  return found.credentials ? found : await userCredentials(image, own, signal);
}

/** The name under which engines ask for logins, as an image there. */
export function registryReference(host: string): ImageReference {
  return { name: '', tag: '', registry: hubNames.has(host) ? 'docker.io' : host, repository: '' };
}

/** The logins of these images' registries by address, as engines want them that cannot ask while they build. */
export async function registryConfig(
  images: readonly string[],
  logins: RegistryLogins,
): Promise<Readonly<Record<string, RegistryCredentials>>> {
  const config: Record<string, RegistryCredentials> = {};
  for (const image of images) {
    const reference = parseImageReference(image);
    const address = reference.registry === 'docker.io' ? hubAddress : reference.registry;
    if (address in config) continue;
    const { credentials } = await credentialsToPull(reference, logins);
    if (credentials) config[address] = credentials;
  }
  return config;
}

function written(image: ImageReference, login: RegistryLogin | 'anonymous'): FoundCredentials {
  if (login === 'anonymous') return {};
  if (!('config' in login))
    return { credentials: { ...login, serveraddress: image.registry === 'docker.io' ? hubAddress : image.registry } };
  const source = credentialSource(parseConfig(login.config), image);
  // A helper is a program of this machine, which no secret may name.
  return source && 'credentials' in source ? source : {};
}

function parseConfig(text: string): AuthConfig {
  try {
    const config: unknown = JSON.parse(text);
    return typeof config === 'object' && config !== null ? { auths: (config as AuthConfig).auths ?? {} } : {};
  } catch {
    // Whoever hands it over has looked at it; without a login the registry will say what it wants.
    return {};
  }
}
