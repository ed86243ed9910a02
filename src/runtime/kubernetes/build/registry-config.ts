import type { ImageBuild } from '../../image-builder.ts';
import { parseImageReference } from '../../../registry/image-reference.ts';

/** The key of Docker Hub in a Docker configuration file. */
const hubKey = 'https://index.docker.io/v1/';

/**
 * Returns the credentials of a build as a Docker configuration. Returns `undefined` if the build names none: then the
 * builder's own environment decides.
 * The configuration never holds the credentials of the user who runs Slipway: build commands may read the file
 * (Kaniko). A user name with a password applies only to the registries that the build pushes to.
 */
export function registryConfig({ login, pushes = [] }: Pick<ImageBuild, 'login' | 'pushes'>): string | undefined {
  const auths: Record<string, unknown> = {};
  const logins = [login, ...pushes.map((push) => push.login)].filter((each) => each !== undefined);
  if (logins.length === 0) return undefined;
  for (const each of logins) if (each !== 'anonymous' && 'config' in each) Object.assign(auths, authsOf(each.config));
  for (const { reference, login: each } of pushes) {
    if (each === undefined || each === 'anonymous' || 'config' in each) continue;
    const { registry } = parseImageReference(reference);
    auths[registry === 'docker.io' ? hubKey : registry] = {
      auth: Buffer.from(`${each.username}:${each.password}`).toString('base64'),
    };
  }
  return JSON.stringify({ auths });
}

/**
 * Returns the credentials of a configuration file without credential helpers. A secret must not name a program of the
 * builder's image.
 */
function authsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const config: unknown = JSON.parse(text);
    const auths: unknown =
      typeof config === 'object' && config !== null ? (config as { auths?: unknown }).auths : undefined;
    return typeof auths === 'object' && auths !== null ? (auths as Record<string, unknown>) : {};
  } catch {
    // The caller has checked the text. Without credentials the registry reports what it requires.
    return {};
  }
}
