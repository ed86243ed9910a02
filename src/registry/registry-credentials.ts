import { join } from 'node:path';
import { readRegularFile } from '../util/read-regular-file.ts';
import { runProgram } from '../util/run-program.ts';
import type { ImageReference } from './image-reference.ts';

/** What the engine is handed as `X-Registry-Auth`. */
export type RegistryCredentials =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string };

/** What `docker login` and `podman login` leave behind, as far as it is needed here. */
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

/** The helper to ask and the key to ask for, or the credentials themselves. */
export type CredentialSource =
  { readonly helper: string; readonly key: string } | { readonly credentials: RegistryCredentials };

const dockerHubKey = 'https://index.docker.io/v1/';

export interface CredentialFiles {
  /** Read in this order; the first that knows the registry wins. */
  readonly files: readonly string[];
  /** For the helpers, which are found on its PATH. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Where the logins of this user are. */
export function credentialFiles(env: Readonly<Record<string, string | undefined>>, home: string): CredentialFiles {
  const files = [join(env['DOCKER_CONFIG'] ?? join(home, '.docker'), 'config.json')];
  if (env['REGISTRY_AUTH_FILE']) files.unshift(env['REGISTRY_AUTH_FILE']);
  if (env['XDG_RUNTIME_DIR']) files.push(join(env['XDG_RUNTIME_DIR'], 'containers', 'auth.json'));
  files.push(join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'containers', 'auth.json'));
  return { files, env };
}

/**
 * The value of `X-Registry-Auth`, or nothing for an anonymous pull. A helper that fails is told by `problem` and the
 * pull goes on without.
 */
export async function registryAuth(
  image: ImageReference,
  from: CredentialFiles,
  signal: AbortSignal,
): Promise<{ header?: string; problem?: string }> {
  const { credentials, problem } = await userCredentials(image, from, signal);
  return { ...(credentials && { header: encodeAuth(credentials) }), ...(problem !== undefined && { problem }) };
}

/** What this user's logins say of a registry; nothing where they do not know it. */
export async function userCredentials(
  image: ImageReference,
  from: CredentialFiles,
  signal: AbortSignal,
): Promise<{ credentials?: RegistryCredentials; problem?: string }> {
  for (const file of from.files) {
    const source = credentialSource(await readAuthConfig(file), image);
    if (!source) continue;
    if ('credentials' in source) return source;
    const answered = await askHelper(source.helper, source.key, from.env, signal);
    if (answered.problem !== undefined || answered.credentials) return answered;
  }
  return {};
}

/** In the order of the Docker CLI: a helper for this registry, the store, what is written in the file. */
export function credentialSource(config: AuthConfig, image: ImageReference): CredentialSource | undefined {
  const keys = image.registry === 'docker.io' ? [dockerHubKey, 'docker.io', 'index.docker.io'] : [image.registry];
  const [key = ''] = keys;
  for (const name of keys) {
    const helper = config.credHelpers?.[name];
    if (helper) return { helper, key: name === 'docker.io' ? name : key };
  }
  const written = writtenCredentials(config, keys, image);
  // With a store the file keeps an empty entry for each registry that is logged in to.
  if (config.credsStore && !written) return { helper: config.credsStore, key };
  return written && { credentials: written };
}

function encodeAuth(credentials: RegistryCredentials): string {
  return headerJson(credentials);
}

/**
 * JSON in a header, as engines read it: in the alphabet that is safe in URLs, padded, without which Podman refuses it.
 */
export function headerJson(value: unknown): string {
  const text = Buffer.from(JSON.stringify(value)).toString('base64url');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** Podman's files also know namespaces: the longest that fits wins. */
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

/** Older clients wrote URLs. */
function hostOf(name: string): string {
  return name === dockerHubKey ? name : name.replace(/^https?:\/\//, '').replace(/\/(v[12]\/?)?$/, '');
}

async function readAuthConfig(file: string): Promise<AuthConfig> {
  try {
    const parsed: unknown = JSON.parse((await readRegularFile(file)).toString());
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    // No file is the usual case, and one that cannot be read is as good as none: the registry will say what it wants.
    return {};
  }
}

/** One that waits for somebody who is not there must not hold the run for ever. */
const answerMs = 60_000;

/** The protocol of docker-credential-helpers: the registry on standard input, JSON on standard output. */
export async function askHelper(
  name: string,
  key: string,
  env: CredentialFiles['env'],
  signal: AbortSignal,
): Promise<{ credentials?: RegistryCredentials; problem?: string }> {
  const program = `docker-credential-${name}`;
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
    return { problem: `${program} did not answer in JSON` };
  }
}
