import type { Clock } from '../model/clock.ts';
import { Deadline } from '../util/deadline.ts';
import { visible } from '../util/visible.ts';
import type { HttpRequest, HttpTransport } from './http-transport.ts';
import { registryOrigins, type RegistryOrigin } from './registry-address.ts';
import { RegistryAuthorizer, type Access, type CredentialLookup } from './registry-authorizer.ts';
import { RegistryError } from './registry-failure.ts';
import { retryAfterMs, retryPauseMs } from './retry-pause.ts';
import { exchange, headerOf, type ReceivedResponse, type SentRequest } from './single-exchange.ts';

export interface RegistrySettings {
  /** Host and port as in references: `docker.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  readonly credentials: CredentialLookup;
  readonly transport: HttpTransport;
  readonly clock: Clock;
  /** Allows plain HTTP and untrusted certificates. Hosts of this machine may use plain HTTP without it. */
  readonly insecure: boolean;
}

export interface RegistryCall {
  readonly method: HttpRequest['method'];
  /** From the root of the API: `/v2/app/tags/list`. An address that the registry returned may be of another host. */
  readonly target: string | URL;
  readonly access: Access;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: () => NonNullable<HttpRequest['body']>;
  /** Default: 64 KiB. */
  readonly mostBytes?: number;
  /** The limit of one try. Default: 30 s. */
  readonly deadlineMs?: number;
  /** Statuses that are no errors, beside 404. */
  readonly expects?: readonly number[];
}

const defaultMostBytes = 64 * 1024;
const defaultDeadlineMs = 30_000;
const probeMs = 10_000;
/** Of a registry's message. */
const mostSaid = 300;
/** What failed on the side of the server, and may pass. */
const passingStatuses: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** Sends requests to one registry: finds its address, adds credentials, tries again. */
export class RegistrySession {
  readonly #settings: RegistrySettings;
  readonly #authorizer: RegistryAuthorizer;
  #origin: RegistryOrigin | undefined;

  constructor(settings: RegistrySettings) {
    this.#settings = settings;
    this.#authorizer = new RegistryAuthorizer({
      ...settings,
      exchange: async (request, signal) => await exchange(settings.transport, this.#unchecked(request), signal),
    });
  }

  /** Sends a request, again if it fails for a moment. Returns a response below 400, or 404. Throws `RegistryError`. */
  async send(call: RegistryCall, signal: AbortSignal): Promise<ReceivedResponse> {
    return await this.retried(signal, async () => await this.sendOnce(call, signal));
  }

  /** Repeats work of several requests while it fails for a moment. */
  async retried<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (let retries = 0; ; retries++) {
      signal.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof RegistryError) || !error.passes) throw error;
        const pause = retryPauseMs(retries, error.afterMs, Math.random());
        if (pause === undefined) throw error;
        await this.#settings.clock.sleep(pause, signal);
      }
    }
  }

  async sendOnce(call: RegistryCall, signal: AbortSignal): Promise<ReceivedResponse> {
    const { deadlineMs = defaultDeadlineMs } = call;
    using deadline = this.#deadline(deadlineMs, signal);
    const origin = (this.#origin ??= await this.#findOrigin(deadline.signal));
    const url = typeof call.target === 'string' ? new URL(call.target, origin.origin) : call.target;
    // Uploads may go to another host, which must not see the credentials.
    const own = url.host === origin.origin.host;
    let authorization = own ? await this.#authorizer.header(call.access, deadline.signal) : undefined;
    let response = await this.#exchange(call, url, authorization, deadline.signal);
    if (response.status === 401 && own) {
      authorization = await this.#authorizer.headerAfter(
        challengesOf(response),
        authorization,
        call.access,
        deadline.signal,
      );
      response = await this.#exchange(call, url, authorization, deadline.signal);
    }
    if (response.status === 401)
      throw await this.#authorizer.refusal(challengesOf(response), call.access, deadline.signal);
    if (response.status < 300 || response.status === 404 || call.expects?.includes(response.status)) return response;
    throw this.#errorOf(response, call);
  }

  async #exchange(
    call: RegistryCall,
    url: URL,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<ReceivedResponse> {
    return await exchange(
      this.#settings.transport,
      this.#unchecked({
        method: call.method,
        url,
        headers: { ...call.headers, ...(authorization !== undefined && { authorization }) },
        ...(call.body !== undefined && { body: call.body }),
        mostBytes: call.mostBytes ?? defaultMostBytes,
      }),
      signal,
    );
  }

  #unchecked(request: SentRequest): SentRequest {
    return { ...request, uncheckedHost: this.#origin?.anyCertificate ? this.#origin.origin.host : undefined };
  }

  /** Asks each possible address, without credentials, whether a registry is there. */
  async #findOrigin(signal: AbortSignal): Promise<RegistryOrigin> {
    const candidates = registryOrigins(this.#settings.registry, this.#settings.insecure);
    const [only] = candidates;
    if (only !== undefined && candidates.length === 1) return only;
    let failure: RegistryError | undefined;
    for (const candidate of candidates) {
      using deadline = this.#deadline(probeMs, signal);
      try {
        const request: SentRequest = {
          method: 'GET',
          url: new URL('/v2/', candidate.origin),
          headers: {},
          mostBytes: defaultMostBytes,
          uncheckedHost: candidate.anyCertificate ? candidate.origin.host : undefined,
        };
        const { status, url } = await exchange(this.#settings.transport, request, deadline.signal);
        // Servers with TLS answer 400 to plain HTTP, or redirect.
        if (url.protocol === candidate.origin.protocol && status !== 400) return candidate;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof RegistryError)) throw error;
        failure = error;
        // It speaks TLS, so it is not asked without.
        if (error.code === 'untrusted' && !isOtherProtocol(error)) break;
      }
    }
    throw failure ?? new RegistryError('invalid-response', `${this.#where()} is not a registry`);
  }

  #errorOf(response: ReceivedResponse, call: RegistryCall): RegistryError {
    const { status } = response;
    const where = `${this.#where()}, repository ${call.access.image.repository}`;
    const said = visible(this.#authorizer.withoutSecrets(errorText(response)).slice(0, mostSaid));
    const afterMs = retryAfterMs(headerOf(response.headers, 'retry-after'), this.#settings.clock.now());
    if (status === 429) {
      const later = afterMs === undefined ? '' : `; try again in ${Math.ceil(afterMs / 1_000)} s`;
      return new RegistryError('rate-limited', `${where}: too many requests: ${said}${later}`, {
        passes: true,
        afterMs,
      });
    }
    if (status === 403) return new RegistryError('forbidden', `${where}: access denied: ${said}`);
    if (status === 413) return new RegistryError('too-large', `${where}: the content is too large: ${said}`);
    return new RegistryError('refused', `${where}: ${said}`, { passes: passingStatuses.has(status), afterMs });
  }

  #deadline(ms: number, signal: AbortSignal): Deadline {
    const late = () =>
      new RegistryError('unreachable', `${this.#where()} did not respond within ${Math.round(ms / 1_000)} s`);
    return new Deadline(ms, late, [signal], this.#settings.clock);
  }

  #where(): string {
    return `registry ${this.#settings.registry}`;
  }
}

function challengesOf({ headers }: ReceivedResponse): readonly string[] {
  const value = headers['www-authenticate'];
  return value === undefined ? [] : [value].flat();
}

/** Reports whether the server does not speak TLS at all. */
function isOtherProtocol({ cause }: RegistryError): boolean {
  return cause instanceof Error && 'code' in cause && /^(?:EPROTO|ERR_SSL_)/.test(String(cause.code));
}

/** Returns the messages of a registry's error (OCI distribution specification, "Error Codes"), or the status. */
function errorText({ status, body }: ReceivedResponse): string {
  try {
    const { errors } = JSON.parse(body.toString()) as { errors?: unknown };
    const texts = (Array.isArray(errors) ? errors : []).map((each: unknown) => {
      const { code, message } = (typeof each === 'object' && each !== null ? each : {}) as Record<string, unknown>;
      return typeof message === 'string' && message !== '' ? message : typeof code === 'string' ? code : '';
    });
    const text = texts.filter((each) => each !== '').join('; ');
    if (text !== '') return text;
  } catch {
    // Proxies send web pages.
  }
  return `HTTP ${status}`;
}
