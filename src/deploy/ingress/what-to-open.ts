import type { IngressHost, IngressRoutes } from '../../model/ingress-routes.ts';

/**
 * Returns the lines that say how a browser reaches the hosts of the routes at a port of this machine. Browsers know the
 * names below `localhost` themselves, others only from a file.
 */
export function whatToOpen({ hosts }: IngressRoutes, port: number): readonly string[] {
  const named = hosts.flatMap((each) => (each.host === undefined ? [] : [{ ...each, host: each.host }]));
  const local = named.filter(({ host }) => isLocal(host));
  const others = named.filter(({ host }) => !isLocal(host));
  const open = local.map(({ host, paths }) => `http://${host}:${port}${firstPath(paths)}`);
  const [first] = others;
  return [...(open.length > 0 ? [`open ${open.join(', ')}`] : []), ...(first ? [howToReach(first, others, port)] : [])];
}

function howToReach(
  { host, paths }: IngressHost & { readonly host: string },
  all: readonly (IngressHost & { readonly host: string })[],
  port: number,
): string {
  const name = host.replace('*', 'any');
  const curl = `curl -H 'Host: ${name}' http://127.0.0.1:${port}${firstPath(paths)}`;
  const exact = all.map((each) => each.host).filter((each) => !each.startsWith('*'));
  const [known] = exact;
  const file =
    known === undefined
      ? ''
      : `, or add \`127.0.0.1 ${exact.join(' ')}\` to the hosts file and open http://${known}:${port}`;
  return `for ${all.map((each) => each.host).join(', ')}: ${curl}${file}`;
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Returns `/` if it leads somewhere, else the first path that does. */
function firstPath(paths: IngressHost['paths']): string {
  return paths.some(({ path }) => path === '/') ? '/' : (paths[0]?.path ?? '/');
}
