/** What is known of a port of a resource. */
export interface PortHints {
  readonly number?: number | undefined;
  /** As its Service or container names it. */
  readonly name?: string | undefined;
  /** Of a Service (kubernetes.io, "Service", "Application protocol"). */
  readonly appProtocol?: string | undefined;
}

type Scheme = 'http' | 'https';

/** Words for protocols that browsers speak. A name may go on after them: `http-admin` (istio.io, "Protocol Selection"). */
const schemes: ReadonlyMap<string, Scheme> = new Map([
  ...['http', 'ws'].map((word) => [word, 'http'] as const),
  ...['https', 'wss'].map((word) => [word, 'https'] as const),
]);
/** Words for protocols that they do not speak. */
const others: ReadonlySet<string> = new Set(
  'grpc tcp tls udp amqp kafka ldap mongo mqtt mysql nats postgres postgresql redis sql ssh'.split(' '),
);
/** Numbers that web servers usually listen on. */
const numbers: ReadonlyMap<number, Scheme> = new Map([
  ...[80, 3000, 5000, 8000, 8008, 8080, 8081, 8888].map((number) => [number, 'http'] as const),
  ...[443, 8443].map((number) => [number, 'https'] as const),
]);

/**
 * Returns the scheme of URLs of a port; `undefined` if it does not look like HTTP. `appProtocol` counts first, then the
 * name, then the number. Pure.
 */
export function httpScheme({ number, name = '', appProtocol }: PortHints): Scheme | undefined {
  if (appProtocol !== undefined) return schemes.get(appProtocol.toLowerCase().replace('kubernetes.io/', ''));
  const [word = ''] = name.toLowerCase().split('-');
  if (others.has(word)) return undefined;
  return schemes.get(word) ?? (number === undefined ? undefined : numbers.get(number));
}
