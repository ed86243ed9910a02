import { randomUUID } from 'node:crypto';
import type { Clock } from '../../model/clock.ts';
import { hasStatus, mayHaveHadEffect } from './api-error.ts';
import type { ClusterClient } from './cluster-client.ts';
import { persistently } from './persistence.ts';

/** What of an object the API needs to know it by. */
export interface NamedObject {
  readonly metadata: {
    readonly name: string;
    readonly uid?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Tells an object that this process asked for from another one with the same name. */
export const requestAnnotation = 'slipway.dev/request';

/** A server that hung up may still be writing what it was asked for. */
const lateMs = 2_000;

/** The name belongs to an object that somebody else created. */
export class NameTaken<T> extends Error {
  override readonly name = 'NameTaken';
  constructor(readonly there: T) {
    super('the name is taken');
  }
}

/**
 * The creation of one object. It may be asked for many times, since responses are lost; `made` knows afterwards what
 * came of all of them. Every object that Slipway creates in a cluster is created by it: none is left behind unnoticed.
 */
export class Creation<T extends NamedObject> {
  readonly #client: Pick<ClusterClient, 'json'>;
  readonly #clock: Clock;
  readonly #collection: string;
  readonly #body: T;
  readonly #request = randomUUID();
  #made: T | undefined;
  #mayExist = false;

  /** @param collection the path of all objects of the kind: `/api/v1/namespaces/N/pods` */
  constructor(client: Pick<ClusterClient, 'json'>, clock: Clock, collection: string, body: T) {
    this.#client = client;
    this.#clock = clock;
    this.#collection = collection;
    this.#body = {
      ...body,
      metadata: { ...body.metadata, annotations: { ...body.metadata.annotations, [requestAnnotation]: this.#request } },
    };
  }

  /**
   * Asks for the object once. Returns it, also where the signal was aborted meanwhile, or where an earlier attempt made
   * it. Throws `NameTaken` and what the client throws.
   */
  async attempt(signal: AbortSignal): Promise<T> {
    try {
      // A misspelt field of the operator's template would be dropped silently otherwise.
      this.#made = await this.#client.json<T>('POST', this.#collection, {
        query: { fieldValidation: 'Strict' },
        body: this.#body,
        signal,
      });
    } catch (error) {
      this.#mayExist ||= mayHaveHadEffect(error);
      if (!hasStatus(error, 409) || error.reason !== 'AlreadyExists') throw error;
      this.#made = await this.#taken(signal);
      // Whoever had the name has let it go since.
      if (this.#made === undefined) return await this.attempt(signal);
    }
    return this.#made;
  }

  /** Returns the object; `undefined`: it does not exist. Throws what the client throws where nobody can tell. */
  async made(signal: AbortSignal): Promise<T | undefined> {
    if (this.#made !== undefined || !this.#mayExist) return this.#made;
    const there = await this.#there(signal);
    if (there !== undefined) return there;
    await this.#clock.sleep(lateMs, signal);
    return await this.#there(signal);
  }

  /** What has the name, if that is our object. */
  async #taken(signal: AbortSignal): Promise<T | undefined> {
    const there = await this.#client.json<T>('GET', this.#path, { signal }).catch((error: unknown) => {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    });
    if (there !== undefined && !this.#isOurs(there)) throw new NameTaken(there);
    return there;
  }

  async #there(signal: AbortSignal): Promise<T | undefined> {
    try {
      const there = await persistently(
        this.#clock,
        signal,
        async () => await this.#client.json<T>('GET', this.#path, { signal }),
      );
      return this.#isOurs(there) ? there : undefined;
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  #isOurs({ metadata }: T): boolean {
    return metadata.annotations?.[requestAnnotation] === this.#request;
  }

  get #path(): string {
    return `${this.#collection}/${this.#body.metadata.name}`;
  }
}
