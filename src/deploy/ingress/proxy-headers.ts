/**
 * The headers that a proxy passes on: all but those of one connection (RFC 9110, 7.6.1). Headers are flat lists of names
 * and values, as `IncomingMessage.rawHeaders` has them, so their order, their case and repeated ones stay.
 */

/** They belong to one connection, whether `Connection` names them or not. */
const ofConnection = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'transfer-encoding', 'upgrade', 'http2-settings'],
]);
/** They never belong to one connection, even if `Connection` names them. */
const ofMessage = new Set(['host', 'content-length', 'content-type']);

export interface PassedRequest {
  readonly method: string;
  readonly rawHeaders: readonly string[];
  /** The address of the client. */
  readonly from: string;
  /** The `Host` of a request that has none, which HTTP/1.0 allows. */
  readonly host: string;
  /** The protocol that it wants to change to. Absent: none. */
  readonly upgrade?: string;
}

/**
 * Returns the headers of the request to the backend. `Host` stays. `X-Forwarded-For` gets the client's address.
 * `X-Forwarded-Host` and `-Proto` stay if another proxy of this machine has set them. The body's framing stays: a length
 * or chunks.
 */
export function requestHeaders({
  method,
  rawHeaders,
  from,
  host: standard,
  upgrade,
}: PassedRequest): readonly string[] {
  const all = pairs(rawHeaders);
  const valuesOf = (wanted: string) => all.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const isLeftOut = new Set(['expect', 'x-forwarded-for']);
  const kept = passed(all).filter(([name]) => !isLeftOut.has(name.toLowerCase()));
  const add = (name: string, value: string | undefined) => {
    const isThere = kept.some(([each]) => each.toLowerCase() === name.toLowerCase());
    if (value !== undefined && !isThere) kept.push([name, value]);
  };
  const [host] = valuesOf('host');
  add('Host', standard);
  add('X-Forwarded-For', [...valuesOf('x-forwarded-for'), from].join(', '));
  add('X-Forwarded-Host', host);
  add('X-Forwarded-Proto', 'http');
  const [encoding] = valuesOf('transfer-encoding');
  const isBodiless = ['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE'].includes(method);
  const framed = kept.filter(([name]) => encoding === undefined || name.toLowerCase() !== 'content-length');
  if (encoding !== undefined) framed.push(['Transfer-Encoding', encoding]);
  else if (!isBodiless && valuesOf('content-length').length === 0) framed.push(['Content-Length', '0']);
  if (upgrade !== undefined) framed.push(['Connection', 'Upgrade'], ['Upgrade', upgrade]);
  return framed.flat();
}

/** Returns the headers of the response to the client, without the framing of chunks. */
export function responseHeaders(rawHeaders: readonly string[]): readonly string[] {
  return passed(pairs(rawHeaders)).flat();
}

/** Returns the same request without its wish to change the protocol. The other options of the connection stay. */
export function withoutUpgrade(rawHeaders: readonly string[]): readonly string[] {
  const dropped = new Set(['upgrade', 'http2-settings']);
  return pairs(rawHeaders)
    .filter(([name]) => !dropped.has(name.toLowerCase()))
    .flatMap(([name, value]) => {
      if (name.toLowerCase() !== 'connection') return [name, value];
      const left = words(value).filter((word) => !dropped.has(word));
      return left.length === 0 ? [] : [name, left.join(', ')];
    });
}

function passed(all: readonly Header[]): Header[] {
  const named = all.flatMap(([name, value]) => (name.toLowerCase() === 'connection' ? words(value) : []));
  return all.filter(([name]) => {
    const key = name.toLowerCase();
    return !ofConnection.has(key) && (!named.includes(key) || ofMessage.has(key));
  });
}

function words(value: string): readonly string[] {
  return value
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');
}

type Header = readonly [name: string, value: string];

function pairs(raw: readonly string[]): readonly Header[] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ''] as const] : []));
}
