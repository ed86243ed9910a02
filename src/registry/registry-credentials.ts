import { join } from 'node:path';
import { readRegularFile } from '../util/read-regular-file.ts';
import { runProgram } from '../util/run-program.ts';
import type { ImageReference } from './image-reference.ts';

/** The content of `X-Registry-Auth`. */
export type RegistryCredentials =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string };

/** The used fields of the files that `docker login` and `podman login` write. */
export interface AuthConfig {
  readonly auths?: Readonly<
    Record<
      string,
      {
        readonly auth?: string;
        readonly username?: string;
        readonly password?: string;
        readonly identitytoken?: string;
      }
    >
  >;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** A helper with a key, or the credentials themselves. */
export type CredentialSource =
  { readonly helper: string; readonly key: string } | { readonly credentials: RegistryCredentials };

const dockerHubKey = 'https://index.docker.io/v1/';

/** What was found for one registry. */
export interface FoundCredentials {
  readonly credentials?: RegistryCredentials;
  /** Where they are from, for messages: a credential helper or a file. */
  readonly source?: string;
  /** Why they could not be read. */
  readonly problem?: string;
}

export interface CredentialFiles {
  /** In this order. The first file that has the registry wins. */
  readonly files: readonly string[];
  /** The environment of the helpers. Its PATH is used to find them. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Returns the files with this user's credentials. */
export function credentialFiles(env: Readonly<Record<string, string | undefined>>, home: string): CredentialFiles {
  const files = [join(env['DOCKER_CONFIG'] ?? join(home, '.docker'), 'config.json')];
  if (env['REGISTRY_AUTH_FILE']) files.unshift(env['REGISTRY_AUTH_FILE']);
  if (env['XDG_RUNTIME_DIR']) files.push(join(env['XDG_RUNTIME_DIR'], 'containers', 'auth.json'));
  files.push(join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'containers', 'auth.json'));
  return { files, env };
}

/**
 * Returns the value of `X-Registry-Auth`, or nothing for an anonymous pull. If a helper fails, `problem` says why, and
 * the pull continues without credentials.
 */
export async function registryAuth(
  image: ImageReference,
  from: CredentialFiles,
  signal: AbortSignal,
): Promise<{ header?: string; problem?: string }> {
  const { credentials, problem } = await userCredentials(image, from, signal);
  return { ...(credentials && { header: encodeAuth(credentials) }), ...(problem !== undefined && { problem }) };
}

/** Returns the user's credentials for a registry, if there are some. */
export async function userCredentials(
  image: ImageReference,
  from: CredentialFiles,
  signal: AbortSignal,
): Promise<FoundCredentials> {
  for (const file of from.files) {
    const source = credentialSource(await readAuthConfig(file), image);
    if (!source) continue;
    if ('credentials' in source) return { ...source, source: file };
    const answered = await askHelper(source.helper, source.key, from.env, signal);
    if (answered.problem !== undefined || answered.credentials)
      return { ...answered, source: helperProgram(source.helper) };
  }
  return {};
}

/** Returns the source in the order of the Docker CLI: a helper for this registry, the store, the file itself. */
export function credentialSource(config: AuthConfig, image: ImageReference): CredentialSource | undefined {
  const keys = image.registry === 'docker.io' ? [dockerHubKey, 'docker.io', 'index.docker.io'] : [image.registry];
  const [key = ''] = keys;
  for (const name of keys) {
    const helper = config.credHelpers?.[name];
    if (helper) return { helper, key: name === 'docker.io' ? name : key };
  }
  const written = writtenCredentials(config, keys, image);
  // With a store, the file has an empty entry for each registry with credentials.
  if (config.credsStore && !written) return { helper: config.credsStore, key };
  return written && { credentials: written };
}

function encodeAuth(credentials: RegistryCredentials): string {
  return headerJson(credentials);
}

/** Encodes JSON for a header in URL-safe base64. The padding is required by Podman. */
export function headerJson(value: unknown): string {
  const text = Buffer.from(JSON.stringify(value)).toString('base64url');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** Returns the credentials in a file. Podman's files also have namespaces; the longest match wins. */
function writtenCredentials(
  config: AuthConfig,
  keys: readonly string[],
  image: ImageReference,
): RegistryCredentials | undefined {
  const parts = image.repository.split('/');
  const namespaces = parts.map((_, i) => [image.registry, ...parts.slice(0, parts.length - i)].join('/'));
  const serveraddress = keys[0] ?? '';
  const auths = new Map(
    Object.entries(config.auths ?? {}).flatMap(
      ([name, entry]) =>
        [
          [name, entry],
          [hostOf(name), entry],
        ] as const,
    ),
  );
  for (const name of [...namespaces, ...keys]) {
    const entry = auths.get(name);
    if (entry?.identitytoken) return { identitytoken: entry.identitytoken, serveraddress };
    if (entry?.auth) {
      const [username = '', ...password] = Buffer.from(entry.auth, 'base64').toString().split(':');
      return { username, password: password.join(':').replace(/\0+$/, ''), serveraddress };
    }
    if (entry?.username !== undefined && entry.password !== undefined)
      return { username: entry.username, password: entry.password, serveraddress };
  }
  return undefined;
}

/** Returns the host of a key. Older clients wrote URLs. */
function hostOf(name: string): string {
  return name === dockerHubKey ? name : name.replace(/^https?:\/\//, '').replace(/\/(v[12]\/?)?$/, '');
}

async function readAuthConfig(file: string): Promise<AuthConfig> {
  try {
    const parsed: unknown = JSON.parse((await readRegularFile(file)).toString());
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    // A missing file is the usual case. An unreadable file counts as missing: the registry reports what it requires.
    return {};
  }
}

function helperProgram(name: string): string {
  return `docker-credential-${name}`;
}

/** A helper that waits for a missing user must not block the run for ever. */
const answerMs = 60_000;

/**
 * Runs a helper by the protocol of docker-credential-helpers: the registry on standard input, JSON on standard output.
 */
export async function askHelper(
  name: string,
  key: string,
  env: CredentialFiles['env'],
  signal: AbortSignal,
): Promise<{ credentials?: RegistryCredentials; problem?: string }> {
  const program = helperProgram(name);
  const end = await runProgram({ argv: [program, 'get'], env, input: key, signal, timeoutMs: answerMs }).catch(
    (error: Error) => error.message,
  );
  if (typeof end === 'string') return { problem: `${program} failed: ${end}` };
  const output = end.stdout.toString();
  if (/credentials not found/i.test(output)) return {};
  if (end.code !== 0) return { problem: `${program} failed (${end.code ?? 'killed'}): ${output.trim()}` };
  try {
    const { Username: username, Secret: secret } = JSON.parse(output) as { Username: string; Secret: string };
    return {
      credentials:
        username === '<token>'
          ? { identitytoken: secret, serveraddress: key }
          : { username, password: secret, serveraddress: key },
    };
  } catch {
    return { problem: `${program} did not print valid JSON` };
  }
}
