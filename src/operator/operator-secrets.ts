import { isUtf8 } from 'node:buffer';
import type { OperatorFile, SecretEntry, SecretSource } from './file/operator-file.ts';
import { problem } from './problem.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { askHelper } from '../registry/registry-credentials.ts';
import { missingKeys, type KeyUse, type OperatorNames } from './operator-names.ts';
import type { RunSecrets } from '../secrets/run-secrets.ts';
import { readRegularFile } from '../util/read-regular-file.ts';
import type { OwnCluster } from './clusters/own-cluster.ts';

/** What is needed to read secrets. */
export interface SecretPlaces {
  /** The environment of Slipway's process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /**
   * The cluster that runs the steps, whose Secrets they may use. A sentence if it is unavailable. Absent if the steps
   * may run elsewhere.
   */
  readonly own?: OwnCluster | string | undefined;
}

export interface FoundSecrets {
  readonly secrets: RunSecrets['operator'];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads every key of the secrets that a plan uses, before anything runs. An unreadable key is an error (W063), and so
 * is a missing key of a Kubernetes Secret (W062).
 */
export async function operatorSecrets(
  { secrets: names, keys: uses }: Pick<OperatorNames, 'secrets' | 'keys'>,
  operator: OperatorFile,
  places: SecretPlaces,
): Promise<FoundSecrets> {
  const diagnostics: Diagnostic[] = [];
  const secrets = new Map<string, ReadonlyMap<string, string>>();
  for (const name of names) {
    const entry = operator.secrets.get(name);
    if (entry === undefined) continue;
    const found = await keysOf(
      entry,
      uses.filter((use) => use.name === name),
      places,
    );
    secrets.set(name, found.values);
    diagnostics.push(
      ...found.missing.map((missing) => problem('W063', undefined, { name, ...missing })),
      ...(found.mistakes ?? []),
    );
  }
  return { secrets, diagnostics };
}

interface Keys {
  readonly values: ReadonlyMap<string, string>;
  readonly missing: readonly { readonly key?: string; readonly detail: string }[];
  /** Mistakes in how steps use the secret. */
  readonly mistakes?: readonly Diagnostic[];
}

async function keysOf(entry: SecretEntry, uses: readonly KeyUse[], places: SecretPlaces): Promise<Keys> {
  if ('kubernetes' in entry) return await keysOfCluster(entry.kubernetes, uses, places);
  const read = await Promise.all(
    [...entry.keys].map(async ([key, source]) => ({ key, ...(await valueOf(source, places)) })),
  );
  return {
    values: new Map(read.flatMap((one) => ('value' in one ? [[one.key, one.value] as const] : []))),
    missing: read.flatMap((one) => ('detail' in one ? [{ key: one.key, detail: one.detail }] : [])),
  };
}

async function keysOfCluster(secret: string, uses: readonly KeyUse[], { own, signal }: SecretPlaces): Promise<Keys> {
  const none = (detail: string): Keys => ({ values: new Map(), missing: [{ detail }] });
  if (own === undefined)
    return none(
      `only a run with --on kubernetes alone can use the Kubernetes Secret ${secret}; otherwise map its keys to files or variables`,
    );
  if (typeof own === 'string') return none(own);
  const { readSecret } = await import('../clusters/read-secret.ts');
  const data = await readSecret(own.connection, secret, signal);
  if (typeof data === 'string') return none(data);
  const texts = new Map(
    [...data].flatMap(([key, bytes]) => (isUtf8(bytes) ? [[key, Buffer.from(bytes).toString('utf8')] as const] : [])),
  );
  // A Secret may also contain binary data such as a keystore. Report it only to steps that need that key or all keys.
  const wanted = (key: string) => uses.some(({ keys }) => keys.some((set) => set.length === 0 || set.includes(key)));
  return {
    values: texts,
    missing: [...data.keys()].flatMap((key) =>
      texts.has(key) || !wanted(key) ? [] : [{ key, detail: `the value in the Secret ${secret} is not UTF-8 text` }],
    ),
    mistakes: uses.flatMap((use) => missingKeys(use, [...data.keys()])),
  };
}

type Value = { readonly value: string } | { readonly detail: string };

async function valueOf(source: SecretSource, { env, signal }: SecretPlaces): Promise<Value> {
  if ('file' in source) return await valueOfFile(source.file);
  if ('environment' in source) {
    const value = env[source.environment];
    return value === undefined ? { detail: `environment variable ${source.environment} is not set` } : { value };
  }
  const { credentials, problem: detail } = await askHelper(source.helper, source.server, env, signal);
  if (detail !== undefined) return { detail };
  if (credentials === undefined)
    return { detail: `docker-credential-${source.helper} has no credentials for ${source.server}` };
  if (source.part === 'username') return { value: 'username' in credentials ? credentials.username : tokenUser };
  return { value: 'password' in credentials ? credentials.password : credentials.identitytoken };
}

/** The user name for tokens in the protocol of credential helpers. */
const tokenUser = '<token>';

async function valueOfFile(file: string): Promise<Value> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readRegularFile(file));
    return { value: text.replace(/\r?\n$/, '') };
  } catch (error) {
    return {
      detail:
        error instanceof TypeError
          ? `${file} is not UTF-8 text`
          : error instanceof Error
            ? error.message
            : String(error),
    };
  }
}
