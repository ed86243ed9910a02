import type { RegistryLogin } from '../../image-builder.ts';
import { parseImageReference, type ImageReference } from '../../../registry/image-reference.ts';
import {
  credentialSource,
  userCredentials,
  type AuthConfig,
  type CredentialFiles,
  type FoundCredentials,
  type RegistryCredentials,
} from '../../../registry/registry-credentials.ts';

const hubNames = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);
const hubAddress = 'https://index.docker.io/v1/';

/** Where to look for credentials: in a given login, or in the user's configuration. */
export interface RegistryLogins {
  readonly login: RegistryLogin | 'anonymous' | undefined;
  readonly own: CredentialFiles;
  readonly signal: AbortSignal;
}

/** Returns the credentials for a push. A given login is used alone. */
export async function credentialsToPush(
  image: ImageReference,
  { login, own, signal }: RegistryLogins,
): Promise<FoundCredentials> {
  return login === undefined ? await userCredentials(image, own, signal) : written(image, login);
}

/**
 * Returns the credentials for base images, in any registry: from the login if it has some for the registry, otherwise
 * the user's.
 */
export async function credentialsToPull(
  image: ImageReference,
  { login, own, signal }: RegistryLogins,
): Promise<FoundCredentials> {
  if (login === 'anonymous') return {};
  // A user name with a password is for the push registry. Do not send it to another one.
  const found = login !== undefined && 'config' in login ? written(image, login) : {};
  return found.credentials ? found : await userCredentials(image, own, signal);
}

/** Returns an image reference in a registry, for engines that ask for credentials by host. */
export function registryReference(host: string): ImageReference {
  return { name: '', tag: '', registry: hubNames.has(host) ? 'docker.io' : host, repository: '' };
}

/**
 * Returns the credentials for the registries of these images by address, for engines that cannot ask during a build.
 */
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
  // A secret must not name a credential helper: it is a program of this machine.
  return source && 'credentials' in source ? source : {};
}

function parseConfig(text: string): AuthConfig {
  try {
    const config: unknown = JSON.parse(text);
    return typeof config === 'object' && config !== null ? { auths: (config as AuthConfig).auths ?? {} } : {};
  } catch {
    // The caller has checked the text. Without credentials the registry reports what it requires.
    return {};
  }
}
