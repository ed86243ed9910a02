/**
 * The name that every cluster gives its own API server (kubernetes.io, "Accessing the Kubernetes API from a Pod"); its
 * certificate is for it, too.
 */
const inside = 'https://kubernetes.default.svc';

/**
 * How the pods of a cluster reach its API server, which we reach at `server`: an address of this machine means nothing
 * to them, and others may not be open to them.
 * @returns `undefined` where what answers at `server` is somebody in between, with a certificate and logins of its own
 */
export function addressInside(server: string): string | undefined {
  const { protocol, pathname } = new URL(server);
  return protocol === 'https:' && pathname === '/' ? inside : undefined;
}
