import { failed, succeeded, type Outcome } from '../../../model/outcome.ts';
import type { DockerStepSpec } from '../../specs/specs.ts';
import type { RegistryLogin } from '../../../runtime/image-builder.ts';
import type { Provisions } from '../../../model/provisions.ts';

/** The default secret of upstream if `REG_SECRET` is not set (docs/design/wharf.md, "Step types"). */
const fallbackSecret = 'gitlab-registry';
const configKey = '.dockerconfigjson';

/** Returns the login for pushes. `undefined` means the user's own logins. Fails for a secret without credentials. */
export function registryLogin(
  { secret, defaultSecret }: Pick<DockerStepSpec, 'secret' | 'defaultSecret'>,
  provisions: Provisions,
): Outcome<RegistryLogin | 'anonymous' | undefined> {
  const name = secret ?? (defaultSecret.includes('${') ? undefined : defaultSecret);
  if (name === '') return succeeded('anonymous');
  if (secret !== undefined) {
    const keys = provisions.secret(secret);
    return keys === undefined
      ? failed({ code: 'unsupported', detail: `the operator's file has no secret ${secret}` })
      : loginOf(secret, keys);
  }
  // Default secrets are used only if they are mapped (docs/design/product.md, "Who decides what").
  for (const each of [name, fallbackSecret]) {
    const keys = each === undefined ? undefined : provisions.secret(each);
    if (each !== undefined && keys !== undefined) return loginOf(each, keys);
  }
  return succeeded(undefined);
}

function loginOf(name: string, keys: ReadonlyMap<string, string>): Outcome<RegistryLogin> {
  const config = keys.get(configKey);
  if (config !== undefined) {
    return isConfig(config)
      ? succeeded({ config })
      : failed({
          code: 'unsupported',
          detail: `the key ${configKey} of the secret ${name} is not a Docker configuration with \`auths\``,
        });
  }
  const [username, password] = [keys.get('username'), keys.get('password')];
  if (username !== undefined && password !== undefined) return succeeded({ username, password });
  return failed({
    code: 'unsupported',
    detail: `the secret ${name} has neither ${configKey} nor username and password`,
  });
}

function isConfig(text: string): boolean {
  try {
    const config: unknown = JSON.parse(text);
    return typeof config === 'object' && config !== null && 'auths' in config;
  } catch {
    return false;
  }
}
