/**
 * Whether an address is one of this machine only, which a container with a network of its own does not reach: clusters
 * of kind, k3d and Docker Desktop, registries and chart repositories that somebody runs beside them.
 * @param address a URL, or a host with what follows it: `127.0.0.1:5000/charts`
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
