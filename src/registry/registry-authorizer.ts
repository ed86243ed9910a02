import type { Clock } from '../model/clock.ts';
import { parseChallenges, type AuthChallenge } from './auth-challenge.ts';
import type { ImageReference } from './image-reference.ts';
import { isLoopback } from './registry-address.ts';
import { RegistryError } from './registry-failure.ts';
import type { FoundCredentials } from './registry-credentials.ts';
import type { ReceivedResponse, SentRequest } from './single-exchange.ts';

/** Finds the credentials for an image's repository. Called again for each token, and once credentials are rejected. */
export type CredentialLookup = (image: ImageReference, signal: AbortSignal) => Promise<FoundCredentials>;

/** What a request needs to be allowed to do, in the words of token servers: `repository:team/app:pull,push`. */
export type Scope = string;

/** Who asks, and for what. */
export interface Access {
  readonly image: ImageReference;
  readonly scopes: readonly Scope[];
}

interface Token {
  readonly text: string;
  /** In milliseconds since 1970. */
  readonly validUntil: number;
}

export interface AuthorizerSettings {
  /** As in references: `docker.io`. */
  readonly registry: string;
  readonly credentials: CredentialLookup;
  readonly exchange: (request: SentRequest, signal: AbortSignal) => Promise<ReceivedResponse>;
  readonly clock: Clock;
  /** Whether credentials may go to a token server over plain HTTP. */
  readonly insecure: boolean;
}

/** The shortest time that a token is valid (distribution, token specification, `expires_in`). */
const shortestValidMs = 60_000;
/** A token must outlive the request that it is sent with. */
const reserveMs = 10_000;
const mostTokenBytes = 1024 * 1024;
const clientName = 'slipway';

/**
 * Makes the `Authorization` headers for one registry: Basic, or Bearer with tokens of its token server. Keeps tokens
 * until they expire. Learns the scheme from the registry's first refusal.
 */
export class RegistryAuthorizer {
  readonly #registry: string;
  readonly #lookUp: CredentialLookup;
  readonly #exchange: (request: SentRequest, signal: AbortSignal) => Promise<ReceivedResponse>;
  readonly #clock: Clock;
  readonly #insecure: boolean;
  readonly #tokens = new Map<string, Token>();
  readonly #found = new Map<string, FoundCredentials>();
  #challenge: AuthChallenge | undefined;

  constructor(settings: AuthorizerSettings) {
    this.#registry = settings.registry;
    this.#lookUp = settings.credentials;
    this.#exchange = settings.exchange;
    this.#clock = settings.clock;
    this.#insecure = settings.insecure;
  }

  /** Returns the header for a request, as far as the registry has asked for one before. */
  async header(access: Access, signal: AbortSignal): Promise<string | undefined> {
    const challenge = this.#challenge;
    if (challenge === undefined) return undefined;
    if (challenge.scheme === 'basic') return basicHeader(await this.#credentials(access.image, signal));
    const known = this.#tokens.get(keyOf(access));
    if (known !== undefined && known.validUntil > this.#clock.now()) return `Bearer ${known.text}`;
    return await this.#newToken(challenge, access, signal);
  }

  /**
   * Returns another header after a refusal (401). Throws `unauthorized` if there is none to try.
   * @param headers those of `WWW-Authenticate`
   * @param rejected the header that was sent
   */
  async headerAfter(
    headers: readonly string[],
    rejected: string | undefined,
    access: Access,
    signal: AbortSignal,
  ): Promise<string> {
    const challenges = parseChallenges(headers);
    const challenge = challenges.find(({ scheme }) => scheme === 'bearer') ?? challenges[0];
    if (challenge === undefined) throw await this.refusal(headers, access, signal);
    // Later requests are for other repositories.
    this.#challenge = challenge.scheme === 'bearer' ? { ...challenge, scopes: [] } : challenge;
    this.#tokens.delete(keyOf(access));
    if (challenge.scheme === 'bearer') return await this.#newToken(challenge, access, signal);
    if (rejected !== undefined) this.#found.delete(access.image.repository);
    const header = basicHeader(await this.#credentials(access.image, signal));
    if (header === undefined || header === rejected) throw await this.refusal(headers, access, signal);
    return header;
  }

  /**
   * Returns the error for an access that stays refused. It names the source of the credentials.
   * @param headers those of `WWW-Authenticate`
   */
  async refusal(headers: readonly string[], access: Access, signal: AbortSignal): Promise<RegistryError> {
    const { credentials, source = 'the configuration', problem } = await this.#credentials(access.image, signal);
    const repository = `repository ${access.image.repository}`;
    if (credentials === undefined)
      return new RegistryError(
        'unauthorized',
        `${this.#where()} requires credentials for ${repository}, but ${problem ?? 'none were found'}`,
      );
    // A token server leaves out what an account may not do, and the registry says so (RFC 6750, 3.1).
    if (headers.some((header) => header.includes('insufficient_scope')))
      return new RegistryError(
        'forbidden',
        `${this.#where()} does not allow this for ${repository} with the credentials of ${source}`,
      );
    return new RegistryError('unauthorized', `${this.#where()} rejects the credentials of ${source}`);
  }

  /** Removes all passwords and tokens from a text of the registry. */
  withoutSecrets(text: string): string {
    const secrets = [...this.#tokens.values()].map((token) => token.text);
    for (const { credentials } of this.#found.values()) {
      if (credentials === undefined) continue;
      secrets.push(...('password' in credentials ? [credentials.password] : [credentials.identitytoken]));
      const header = basicHeader({ credentials });
      if (header !== undefined) secrets.push(header.slice('Basic '.length));
    }
    return secrets.filter((secret) => secret !== '').reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  }

  async #credentials(image: ImageReference, signal: AbortSignal): Promise<FoundCredentials> {
    const known = this.#found.get(image.repository);
    if (known !== undefined) return known;
    const found = await this.#lookUp(image, signal);
    signal.throwIfAborted();
    this.#found.set(image.repository, found);
    return found;
  }

  async #newToken(challenge: BearerChallenge, access: Access, signal: AbortSignal): Promise<string> {
    // Credential helpers of clouds give short-lived passwords, so ask them for each token.
    this.#found.delete(access.image.repository);
    const found = await this.#credentials(access.image, signal);
    const realm = this.#realm(challenge, found);
    const scopes = [...new Set([...access.scopes, ...challenge.scopes])];
    const response = await this.#exchange(tokenRequest(realm, challenge, scopes, found), signal);
    if (response.status === 401 || response.status === 403 || response.status === 400)
      throw await this.refusal([], access, signal);
    const token = response.status === 200 ? parseToken(response.body) : undefined;
    if (token === undefined)
      throw new RegistryError(
        'invalid-response',
        `${this.#where()}: the token server ${realm.host} returned no token (HTTP ${response.status})`,
        { passes: response.status === 429 || response.status >= 500 },
      );
    const validMs = Math.max(shortestValidMs, token.validMs) - reserveMs;
    this.#tokens.set(keyOf(access), { text: token.text, validUntil: this.#clock.now() + validMs });
    return `Bearer ${token.text}`;
  }

  #realm({ realm }: BearerChallenge, { credentials }: FoundCredentials): URL {
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    const safe = url?.protocol === 'https:' || (url !== undefined && isLoopback(url.hostname)) || this.#insecure;
    if (url?.protocol === 'http:' && !safe && credentials !== undefined)
      throw new RegistryError(
        'invalid-response',
        `${this.#where()} asks for credentials over plain HTTP at ${url.host}`,
      );
    if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
    throw new RegistryError('invalid-response', `${this.#where()} names no valid address of its token server`);
  }

  #where(): string {
    return `registry ${this.#registry}`;
  }
}

type BearerChallenge = Extract<AuthChallenge, { scheme: 'bearer' }>;

function keyOf({ scopes }: Access): string {
  return [...scopes].sort().join(' ');
}

function basicHeader({ credentials }: FoundCredentials): string | undefined {
  if (credentials === undefined || !('password' in credentials)) return undefined;
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}

/**
 * Returns the request for a token: GET, with a user name and password or anonymous; POST for an identity token
 * (distribution, "Docker Registry v2 authentication via central service" and "OAuth 2 token authentication").
 */
function tokenRequest(
  realm: URL,
  { service }: BearerChallenge,
  scopes: readonly Scope[],
  found: FoundCredentials,
): SentRequest {
  const { credentials } = found;
  if (credentials !== undefined && 'identitytoken' in credentials) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: credentials.identitytoken,
      client_id: clientName,
      scope: scopes.join(' '),
      ...(service !== undefined && { service }),
    });
    const body = Buffer.from(form.toString());
    return {
      method: 'POST',
      url: realm,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) },
      body: () => body,
      mostBytes: mostTokenBytes,
    };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const authorization = basicHeader(found);
  if (credentials !== undefined && 'username' in credentials) url.searchParams.set('account', credentials.username);
  return {
    method: 'GET',
    url,
    headers: authorization === undefined ? {} : { authorization },
    mostBytes: mostTokenBytes,
  };
}

function parseToken(body: Buffer): { readonly text: string; readonly validMs: number } | undefined {
  try {
    const { token, access_token, expires_in } = JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;
    const text = typeof token === 'string' && token !== '' ? token : access_token;
    if (typeof text !== 'string' || text === '' || /[^\x21-\x7e]/.test(text)) return undefined;
    return { text, validMs: typeof expires_in === 'number' ? expires_in * 1_000 : 0 };
  } catch {
    return undefined;
  }
}
