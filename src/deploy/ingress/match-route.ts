import type { IngressBackend, IngressHost, IngressPath, IngressRoutes } from '../../model/ingress-routes.ts';

/** What a request asks for. */
export interface RequestTarget {
  /** In lower case, without a port. Empty: the request names none. */
  readonly host: string;
  /** Without a query. As it was sent: nothing is decoded. */
  readonly path: string;
}

/** Reads the target of a request: `/a?b`, or `http://HOST/a?b` as clients of proxies send it. */
export function requestTarget(
  url: string,
  hostHeader: string | undefined,
): RequestTarget & { readonly pathAndQuery: string } {
  const [, authority, rest = ''] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  const pathAndQuery = authority === undefined ? url : rest.startsWith('/') ? rest : `/${rest}`;
  return { host: hostName(authority ?? hostHeader ?? ''), path: pathAndQuery.replace(/[?#].*$/s, ''), pathAndQuery };
}

function hostName(authority: string): string {
  return authority.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

/**
 * Returns the backend of a request. The host decides first: an exact one, then a wildcard, then the rules without a
 * host. Of its paths the longest one wins, and `exact` before `prefix` (kubernetes.io, "Ingress", "Multiple matches").
 * `undefined`: nothing matches.
 */
export function matchRoute(routes: IngressRoutes, { host, path }: RequestTarget): IngressBackend | undefined {
  const rules = hostRules(routes.hosts, host);
  return bestPath(rules?.paths ?? [], path)?.backend ?? rules?.otherwise ?? routes.otherwise;
}

function hostRules(hosts: readonly IngressHost[], host: string): IngressHost | undefined {
  const wildcard = host.replace(/^[^.]+\./, '*.');
  return (
    hosts.find((each) => each.host !== undefined && each.host === host) ??
    hosts.find((each) => each.host !== undefined && each.host === wildcard) ??
    hosts.find((each) => each.host === undefined)
  );
}

function bestPath(paths: readonly IngressPath[], path: string): IngressPath | undefined {
  let best: IngressPath | undefined;
  for (const each of paths) if (matchesPath(each, path) && (best === undefined || comesBefore(each, best))) best = each;
  return best;
}

function matchesPath({ type, path: wanted }: IngressPath, path: string): boolean {
  if (type === 'exact') return path === wanted;
  const prefix = withoutSlash(wanted);
  return path === prefix || path.startsWith(`${prefix}/`);
}

function comesBefore(one: IngressPath, other: IngressPath): boolean {
  const [length, otherLength] = [withoutSlash(one.path).length, withoutSlash(other.path).length];
  return length > otherLength || (length === otherLength && one.type === 'exact' && other.type === 'prefix');
}

/** A slash at the end of a prefix means nothing. */
function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}
