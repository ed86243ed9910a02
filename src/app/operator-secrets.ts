import { readFile } from 'node:fs/promises';
import type { OperatorFile, SecretEntry, SecretSource } from '../config/operator/operator-file.ts';
import { problem } from '../diagnostics/problem.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { askHelper } from '../runtime/docker/registry-credentials.ts';
import type { RunSecrets } from '../secrets/run-secrets.ts';

/** What the sources of secrets are looked up with. */
export interface SecretPlaces {
  /** Slipway's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export interface FoundSecrets {
  readonly secrets: RunSecrets['operator'];
  readonly diagnostics: readonly Diagnostic[];
}

/** Gets every key of the secrets that a plan names; what cannot be had is a mistake (W063), before anything runs. */
export async function operatorSecrets(names: readonly string[], operator: OperatorFile, places: SecretPlaces): Promise<FoundSecrets> {
  const diagnostics: Diagnostic[] = [];
  const secrets = new Map<string, ReadonlyMap<string, string>>();
  for (const name of names) {
    const entry = operator.secrets.get(name);
    if (entry === undefined) continue;
    const found = await keysOf(entry, places);
    secrets.set(name, found.values);
    for (const { key, detail } of found.missing) diagnostics.push(problem('W063', undefined, { name, key, detail }));
  }
  return { secrets, diagnostics };
}

interface Keys {
  readonly values: ReadonlyMap<string, string>;
  readonly missing: readonly { readonly key: string; readonly detail: string }[];
}

async function keysOf(entry: SecretEntry, places: SecretPlaces): Promise<Keys> {
  if ('kubernetes' in entry) return { values: new Map(), missing: [{ key: '*', detail: `it is the Secret ${entry.kubernetes} of Kubernetes, which only steps that run there can use; map its keys to files or variables` }] };
  const read = await Promise.all([...entry.keys].map(async ([key, source]) => ({ key, ...(await valueOf(source, places)) })));
  return {
    values: new Map(read.flatMap((one) => ('value' in one ? [[one.key, one.value] as const] : []))),
    missing: read.flatMap((one) => ('detail' in one ? [{ key: one.key, detail: one.detail }] : [])),
  };
}

type Value = { readonly value: string } | { readonly detail: string };

async function valueOf(source: SecretSource, { env, signal }: SecretPlaces): Promise<Value> {
  if ('file' in source) return await valueOfFile(source.file);
  if ('environment' in source) {
    const value = env[source.environment];
    return value === undefined ? { detail: `${source.environment} is not set in the environment of slipway` } : { value };
  }
  const { credentials, problem: detail } = await askHelper(source.helper, source.server, env, signal);
  if (detail !== undefined) return { detail };
  if (credentials === undefined) return { detail: `docker-credential-${source.helper} knows no login for ${source.server}` };
  if (source.part === 'username') return { value: 'username' in credentials ? credentials.username : tokenUser };
  return { value: 'password' in credentials ? credentials.password : credentials.identitytoken };
}

/** Whom the protocol of the helpers names where the secret is a token. */
const tokenUser = '<token>';

async function valueOfFile(file: string): Promise<Value> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
    return { value: text.replace(/\r?\n$/, '') };
  } catch (error) {
    return { detail: error instanceof TypeError ? `${file} is not UTF-8 text` : error instanceof Error ? error.message : String(error) };
  }
}
