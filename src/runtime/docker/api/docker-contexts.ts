import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readRegularFile } from '../../../util/read-regular-file.ts';
import { parseEngineAddress, type ParsedAddress, type TlsIdentity } from './engine-address.ts';

/** Returns the Docker CLI's folder: `DOCKER_CONFIG` or `~/.docker`. */
export function dockerConfigFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
  return env['DOCKER_CONFIG'] ? env['DOCKER_CONFIG'] : join(home, '.docker');
}

/** Returns the context that `docker context use` chose; `undefined` for the default one. */
export async function currentContext(folder: string): Promise<string | undefined> {
  const config = await readJson(join(folder, 'config.json'));
  const name = (config as { currentContext?: unknown } | undefined)?.currentContext;
  return typeof name === 'string' && name !== '' && name !== 'default' ? name : undefined;
}

/**
 * Returns the engine of a context, as stored by the Docker CLI (`contexts/meta/SHA256-OF-NAME/meta.json`, TLS files in
 * `contexts/tls`).
 */
export async function contextAddress(folder: string, name: string): Promise<ParsedAddress> {
  const id = createHash('sha256').update(name).digest('hex');
  const meta = (await readJson(join(folder, 'contexts', 'meta', id, 'meta.json'))) as
    { Endpoints?: { docker?: { Host?: unknown; SkipTLSVerify?: unknown } } } | undefined;
  if (meta === undefined) return { problem: 'the docker context does not exist' };
  const endpoint = meta.Endpoints?.docker;
  if (typeof endpoint?.Host !== 'string') return { problem: 'the docker context names no engine' };
  return parseEngineAddress(
    endpoint.Host,
    await tlsFiles(join(folder, 'contexts', 'tls', id, 'docker'), endpoint.SkipTLSVerify !== true),
  );
}

/** Returns the TLS files that the Docker CLI looks for in a folder; `undefined` if there are none. */
export async function tlsFiles(folder: string, verify: boolean): Promise<TlsIdentity | undefined> {
  const read = async (name: string) => await readRegularFile(join(folder, name)).catch(() => undefined);
  const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map(read));
  if (!ca && !cert && !key) return undefined;
  return { verify, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse((await readRegularFile(file)).toString());
  } catch {
    return undefined;
  }
}
