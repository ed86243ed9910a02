import { randomUUID } from 'node:crypto';
import type { Clock } from '../../model/clock.ts';
import { hasStatus, mayHaveHadEffect } from './api-error.ts';
import type { ClusterClient } from './cluster-client.ts';
import { retryTransient } from './retry.ts';

/** The fields that identify an object in the API. */
export interface NamedObject {
  readonly metadata: {
    readonly name: string;
    readonly uid?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Distinguishes an object that this process created from another one with the same name. */
export const requestAnnotation = 'slipway.dev/request';

/** A server that closed the connection may still be executing the request. */
const lateMs = 2_000;

/** Another client owns the object with this name. */
export class NameTaken<T> extends Error {
  override readonly name = 'NameTaken';
  constructor(readonly there: T) {
    super('another object with this name exists');
  }
}

/**
 * Creates one object. Lost responses may require many attempts; `made` then returns their common result. Slipway
 * creates every object in a cluster this way, so none is left behind unnoticed.
 */
export class Creation<T extends NamedObject> {
  readonly #client: Pick<ClusterClient, 'json'>;
  readonly #clock: Clock;
  readonly #collection: string;
  readonly #body: T;
  readonly #request = randomUUID();
  #made: T | undefined;
  #mayExist = false;

  /** @param collection the path of all objects of this kind: `/api/v1/namespaces/N/pods` */
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
   * Tries to create the object once. Returns the object, also if the signal was aborted meanwhile, or if an earlier
   * attempt created it. Throws `NameTaken` and the client's errors.
   */
  async attempt(signal: AbortSignal): Promise<T> {
    try {
      // Without strict validation the server silently drops a misspelt field of the operator's template.
      this.#made = await this.#client.json<T>('POST', this.#collection, {
        query: { fieldValidation: 'Strict' },
        body: this.#body,
        signal,
      });
    } catch (error) {
      this.#mayExist ||= mayHaveHadEffect(error);
      if (!hasStatus(error, 409) || error.reason !== 'AlreadyExists') throw error;
      this.#made = await this.#taken(signal);
      // The object with this name is gone, so try again.
      if (this.#made === undefined) return await this.attempt(signal);
    }
    return this.#made;
  }

  /** Returns the object; `undefined` if it does not exist. Throws the client's errors if that is unknown. */
  async made(signal: AbortSignal): Promise<T | undefined> {
    if (this.#made !== undefined || !this.#mayExist) return this.#made;
    const there = await this.#there(signal);
    if (there !== undefined) return there;
    await this.#clock.sleep(lateMs, signal);
    return await this.#there(signal);
  }

  /** Returns the object with this name if this process created it. */
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
      const there = await retryTransient(
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
