import type { ImageBuild } from '../../image-builder.ts';
import { parseImageReference } from '../../../registry/image-reference.ts';

/** The name of Docker Hub in such a file, for as long as there have been any. */
const hubKey = 'https://index.docker.io/v1/';

/**
 * The logins of a build as a Docker configuration; `undefined` where nothing is said of them, and the builder's own
 * surroundings decide. The logins of the user who runs Slipway are never in it: a cluster is not his machine, and what
 * runs in a build may read the file (Kaniko). One name and password is for the registries that are pushed to, and for
 * no other.
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

/** Credential helpers are left out: they are programs of the builder's image, which no secret may name. */
function authsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const config: unknown = JSON.parse(text);
    const auths: unknown =
      typeof config === 'object' && config !== null ? (config as { auths?: unknown }).auths : undefined;
    return typeof auths === 'object' && auths !== null ? (auths as Record<string, unknown>) : {};
  } catch {
    // Whoever hands it over has looked at it; without a login the registry will say what it wants.
    return {};
  }
}
