/**
 * Returns the URL of a Git remote without possible credentials: user info, query and fragment, also of a malformed
 * URL and behind the name of a helper (`hg::`). `git@host:path` has no password and stays unchanged.
 */
export function withoutCredentials(url: string): string {
  const text = url.trim();
  const helper = /^[a-z0-9][a-z0-9+.-]*::/i.exec(text)?.[0];
  if (helper !== undefined) return helper + withoutCredentials(text.slice(helper.length));
  const scheme = /^(?:[a-z][a-z0-9+.-]*:)?\/+/i.exec(text)?.[0];
  if (scheme === undefined) return plainPath(text);
  // A path of this machine.
  if (scheme === '/') return text;
  return scheme + plainRest(text.slice(scheme.length));
}

/** @param rest a URL after its scheme */
function plainRest(rest: string): string {
  const authority = /^[^/]*/.exec(rest)?.[0] ?? '';
  const at = authority.lastIndexOf('@');
  // Without an `@`, what stands before the path is a host and a port. Otherwise a password has a slash in it.
  const isMalformed = at < 0 && !/^(?:\[[^\]]*\]|[^:?#]*)(?::\d*)?(?:[?#].*)?$/.test(authority);
  return rest.slice((isMalformed ? rest.lastIndexOf('@') : at) + 1).replace(/[?#].*$/s, '');
}

/** `user@host:path`, `user:password@host:path`, the command of a helper, or a path of Windows. */
function plainPath(text: string): string {
  if (/^[a-z]:[\\/]/i.test(text)) return text;
  const inside = text.replaceAll(/(:\/\/)[^/\s]*@/g, '$1');
  const at = /^[^/]*/.exec(inside)?.[0].lastIndexOf('@') ?? -1;
  return at > 0 && inside.slice(0, at).includes(':') && !/\s/.test(inside) ? inside.slice(at + 1) : inside;
}
