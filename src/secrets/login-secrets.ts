import { Buffer } from 'node:buffer';

/** The secret fields of a login. `auth` is `user:password` in base64. */
const secretFields = ['auth', 'password', 'identitytoken', 'registrytoken'];

/**
 * Returns the secrets inside a Docker configuration (`.dockerconfigjson`, Helm's `config.json`). Tools print the
 * passwords, not the file.
 */
export function loginSecrets(text: string): readonly string[] {
  if (!text.includes('"auths"')) return [];
  const auths = fieldsOf(fieldsOf(parsed(text))['auths']);
  return Object.values(auths).flatMap((login) => {
    const fields = fieldsOf(login);
    const written = secretFields.flatMap((name) => (typeof fields[name] === 'string' ? [fields[name]] : []));
    const pair = typeof fields['auth'] === 'string' ? Buffer.from(fields['auth'], 'base64').toString() : '';
    return [...written, pair.slice(pair.indexOf(':') + 1)].filter((secret) => secret !== '');
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
