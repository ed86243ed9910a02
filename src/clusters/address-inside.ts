/**
 * The name of the API server inside every cluster (kubernetes.io, "Accessing the Kubernetes API from a Pod"). Its
 * certificate covers the name.
 */
const inside = 'https://kubernetes.default.svc';

/**
 * Returns the address at which pods reach the API server. A loopback address means nothing to pods, and other addresses
 * may be closed to them.
 * @returns `undefined` if `server` is a gateway with a certificate and logins of its own
 */
export function addressInside(server: string): string | undefined {
  const { protocol, pathname } = new URL(server);
  return protocol === 'https:' && pathname === '/' ? inside : undefined;
}
