/** The host of the registry in references, and the host of its API. */
const hubHost = 'docker.io';
const hubApiHost = 'registry-1.docker.io';

/** Where the API of a registry may be. The first address that answers is used. */
export interface RegistryOrigin {
  readonly origin: URL;
  readonly anyCertificate: boolean;
}

/**
 * Returns the addresses to try for a registry, in order:
 *
 * - HTTPS with a trusted certificate;
 * - on this machine: the same, then HTTP. A registry that answers over TLS is never asked without;
 * - marked as insecure: HTTP, then HTTPS with any certificate.
 */
export function registryOrigins(registry: string, insecure: boolean): readonly RegistryOrigin[] {
  const host = registry === hubHost ? hubApiHost : registry;
  const https = new URL(`https://${host}`);
  const http = new URL(`http://${host}`);
  if (insecure)
    return [
      { origin: http, anyCertificate: false },
      { origin: https, anyCertificate: true },
    ];
  const secure = { origin: https, anyCertificate: false };
  return isLoopback(https.hostname) ? [secure, { origin: http, anyCertificate: false }] : [secure];
}

/** Reports whether a host is this machine (RFC 6761, 6.3, and RFC 1122, 3.2.1.3). */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}
