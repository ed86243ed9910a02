/** The address of an engine, as in `DOCKER_HOST` and docker contexts. */

export type EngineAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls?: TlsIdentity }
  /** Reached through `ssh DESTINATION docker system dial-stdio`. */
  | { readonly kind: 'ssh'; readonly destination: string; readonly port?: number };

export interface TlsIdentity {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  /** Verifies the engine's certificate. */
  readonly verify: boolean;
}

export type ParsedAddress = { readonly address: EngineAddress } | { readonly problem: string };

const plainPort = 2375;
const tlsPort = 2376;

/**
 * Parses the address of an engine.
 * @param text such as `unix:///run/docker.sock`, `tcp://host:2376`, `ssh://me@host`
 * @param tls used for `tcp` and `https`
 */
export function parseEngineAddress(text: string, tls?: TlsIdentity): ParsedAddress {
  const [scheme = '', rest = ''] = splitOnce(text, '://');
  switch (scheme) {
    case 'unix':
      return rest === '' ? { problem: `"${text}" names no socket` } : { address: { kind: 'unix', path: rest } };
    case 'tcp':
    case 'http':
    case 'https':
      return parseTcp(text, scheme === 'https' ? (tls ?? { verify: true }) : tls);
    case 'ssh':
      return parseSsh(text);
    case 'npipe':
      return { problem: 'Windows named pipes are not supported; use WSL, or an engine that listens on tcp' };
    default:
      return { problem: `"${text}" is not a valid address: expected unix://PATH, tcp://HOST:PORT or ssh://HOST` };
  }
}

/** Formats an address for display, in the form of `DOCKER_HOST`. */
export function addressText(address: EngineAddress): string {
  switch (address.kind) {
    case 'unix':
      return `unix://${address.path}`;
    case 'tcp':
      return `tcp://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
    case 'ssh':
      return `ssh://${address.destination}${address.port === undefined ? '' : `:${address.port}`}`;
  }
}

/**
 * Returns the variables with which Docker's own programs reach an engine. `DOCKER_CONTEXT` would win over `DOCKER_HOST`.
 * Returns none for TLS: the place of the certificates is not known, so programs use what is set already.
 */
export function environmentOf(address: EngineAddress): {
  readonly environment?: Readonly<Record<string, string | undefined>>;
} {
  if (address.kind === 'tcp' && address.tls) return {};
  return { environment: { DOCKER_HOST: addressText(address), DOCKER_CONTEXT: undefined } };
}

function parseTcp(text: string, tls: TlsIdentity | undefined): ParsedAddress {
  const url = toUrl(text.replace(/^[a-z]+:/, 'http:'));
  if (!url || url.hostname === '') return { problem: `"${text}" names no host` };
  // `URL` drops port 80 as the default of the scheme.
  const port = url.port === '' ? (/:80(\/|$)/.test(text) ? 80 : tls ? tlsPort : plainPort) : Number(url.port);
  return { address: { kind: 'tcp', host: url.hostname.replace(/^\[|\]$/g, ''), port, ...(tls && { tls }) } };
}

function parseSsh(text: string): ParsedAddress {
  const url = toUrl(text);
  if (!url || url.hostname === '') return { problem: `"${text}" names no host` };
  if (url.password !== '') return { problem: 'a password in an ssh address is not supported; use a key' };
  if (url.pathname !== '' && url.pathname !== '/')
    return { problem: `"${text}": a path after the host is not supported` };
  const user = url.username === '' ? '' : `${decodeURIComponent(url.username)}@`;
  // ssh would read a leading dash as an option.
  if (/^-/.test(user) || /^-/.test(url.hostname)) return { problem: `"${text}" is not a valid host` };
  return {
    address: { kind: 'ssh', destination: `${user}${url.hostname}`, ...(url.port !== '' && { port: Number(url.port) }) },
  };
}

function toUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
