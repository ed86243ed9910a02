import { hasStatus } from '../../clusters/api/api-error.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import {
  annotationsOf,
  applySetId,
  contentsOf,
  covers,
  idLabel,
  parentName,
  setNameAnnotation,
  toolingAnnotation,
  unionOf,
  type SetContents,
} from './apply-set.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { LiveMetadata } from './live-object.ts';

/** The fields of a ConfigMap that are used. */
interface Parent {
  readonly metadata: LiveMetadata;
}

/** A ConfigMap with the name of the parent exists, and is not the parent of this set. */
export class ForeignParent extends Error {
  override readonly name = 'ForeignParent';
}

/** The parent of an ApplySet. Its list of kinds and namespaces grows before members are added, and shrinks afterwards. */
export class ApplySetParent {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly #setName: string;
  readonly #access: ClusterAccess;
  /** As this process read or wrote it last. */
  #last: Parent | undefined;

  constructor(access: ClusterAccess, setName: string, namespace: string) {
    this.#access = access;
    this.#setName = setName;
    this.namespace = namespace;
    this.name = parentName(setName);
    this.id = applySetId(this.name, namespace);
  }

  /** Returns where the set has members; `undefined` if there is no set. Throws `ForeignParent` and the client's errors. */
  async read(): Promise<SetContents | undefined> {
    this.#last = await this.#send('GET', this.#path);
    const metadata = this.#last?.metadata;
    if (metadata === undefined) return undefined;
    const tool = metadata.annotations?.[toolingAnnotation]?.split('/')[0];
    if (metadata.labels?.[idLabel] !== this.id || tool !== 'slipway')
      throw new ForeignParent(
        `it exists and is not the record of this deploy: ${
          tool === undefined ? `it has no annotation ${toolingAnnotation}` : `it belongs to ${tool}`
        }`,
      );
    return contentsOf(metadata.annotations);
  }

  /**
   * Adds these kinds and namespaces. Several processes may do so at once. Throws `ForeignParent` and the client's errors:
   * 404 if there is no namespace.
   */
  async grow(wanted: SetContents): Promise<void> {
    for (;;) {
      const contents = this.#last && contentsOf(this.#last.metadata.annotations);
      if (contents !== undefined && covers(contents, wanted)) return;
      try {
        await this.#write(contents === undefined ? wanted : unionOf(contents, wanted));
        return;
      } catch (error) {
        // Another process created or changed it.
        if (!hasStatus(error, 409)) throw error;
        await this.read();
      }
    }
  }

  /** Sets the kinds and namespaces to these, unless another process changed the parent since. Throws the client's errors. */
  async shrink(wanted: SetContents): Promise<void> {
    const contents = this.#last && contentsOf(this.#last.metadata.annotations);
    if (contents === undefined || covers(wanted, contents)) return;
    try {
      await this.#write(wanted);
    } catch (error) {
      if (!hasStatus(error, 404, 409)) throw error;
    }
  }

  /** Throws the client's errors. Not an error if there is none. */
  async remove(): Promise<void> {
    const uid = this.#last?.metadata.uid;
    if (uid !== undefined) await this.#send('DELETE', this.#path, { preconditions: { uid } });
  }

  async #write(contents: SetContents): Promise<void> {
    const there = this.#last?.metadata;
    const metadata = {
      ...there,
      name: this.name,
      namespace: this.namespace,
      labels: { ...there?.labels, [idLabel]: this.id, 'app.kubernetes.io/managed-by': 'slipway' },
      annotations: { ...there?.annotations, [setNameAnnotation]: this.#setName, ...annotationsOf(contents) },
    };
    const body = { ...this.#last, apiVersion: 'v1', kind: 'ConfigMap', metadata };
    this.#last = await (there === undefined
      ? this.#send('POST', this.#collection, body)
      : this.#send('PUT', this.#path, body));
  }

  /** Returns `undefined` if a read or deleted object does not exist. */
  async #send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Parent | undefined> {
    const { client, clock, signal } = this.#access;
    return await retryTransient(clock, signal, async () => {
      try {
        const query = method === 'POST' || method === 'PUT' ? { fieldManager: 'slipway' } : {};
        return await client.json<Parent>(method, path, { query, body, signal });
      } catch (error) {
        if ((method === 'GET' || method === 'DELETE') && hasStatus(error, 404)) return undefined;
        throw error;
      }
    });
  }

  get #collection(): string {
    return `/api/v1/namespaces/${this.namespace}/configmaps`;
  }

  get #path(): string {
    return `${this.#collection}/${this.name}`;
  }
}
