/**
 * Reports whether an address is a loopback address. A container with its own network cannot reach it. Clusters of kind,
 * k3d and Docker Desktop have such addresses, and so do local registries and chart repositories.
 * @param address a URL, or a host with a port or path: `127.0.0.1:5000/charts`
 */
export function isLoopback(address: string): boolean {
  const afterScheme = address.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const host = (/^(?:[^/@]*@)?(\[[^\]]*\]|[^:/?#]*)/.exec(afterScheme)?.[1] ?? '').toLowerCase();
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    host === '0.0.0.0' ||
    /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}
