import { randomBytes } from 'node:crypto';
import { hasStatus } from '../../clusters/api/api-error.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import {
  annotationsOf,
  applySetId,
  contentsOf,
  damageOf,
  deployingAnnotation,
  endedAnnotation,
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

/** A ConfigMap with the name of the parent exists, and is not the parent of this set, or cannot be read. */
export class UnusableParent extends Error {
  override readonly name = 'UnusableParent';
}

/** What happened to the parent while a deploy ran. */
export type Course =
  /** Nobody else wrote it. */
  | 'alone'
  /** Another deploy of the set wrote it, too. */
  | 'shared'
  /** It was removed, and perhaps made again by another deploy. */
  | 'removed';

/** The deploys that wrote the parent last. */
interface Marks {
  /** It began and has not ended. */
  readonly running: string | undefined;
  readonly ended: string | undefined;
}

const tokenBytes = 8;

/**
 * The parent of an ApplySet. Its list of kinds and namespaces grows before members are added, and shrinks afterwards.
 * Each deploy writes it when it begins and when it ends, so that of two at once the one that writes later notices.
 */
export class ApplySetParent {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly #setName: string;
  readonly #access: ClusterAccess;
  /** Marks what this process wrote. */
  readonly #token = randomBytes(tokenBytes).toString('hex');
  /** As this process read or wrote it last. */
  #last: Parent | undefined;
  /** As this deploy wrote it when it began. */
  #begun: LiveMetadata | undefined;
  /** When this deploy began, another one had begun and not ended: it runs, or it was killed. */
  #isShared = false;

  constructor(access: ClusterAccess, setName: string, namespace: string) {
    this.#access = access;
    this.#setName = setName;
    this.namespace = namespace;
    this.name = parentName(setName);
    this.id = applySetId(this.name, namespace);
  }

  /** Returns where the set has members; `undefined` if there is no set. Throws `UnusableParent` and the client's errors. */
  async read(): Promise<SetContents | undefined> {
    this.#last = await this.#send('GET', this.#path);
    const metadata = this.#last?.metadata;
    if (metadata === undefined) return undefined;
    const tool = metadata.annotations?.[toolingAnnotation]?.split('/')[0];
    if (tool !== 'slipway')
      throw new UnusableParent(
        `it exists and is not the record of this deploy: ${
          tool === undefined ? `it has no annotation ${toolingAnnotation}` : `it belongs to ${tool}`
        }`,
      );
    const damage = damageOf(metadata, this.id);
    if (damage !== undefined)
      throw new UnusableParent(
        `the record of this deploy is damaged: ${damage}. Nothing was changed. Correct it, or delete it (\`kubectl delete configmap ${this.name} -n ${this.namespace}\`): then \`slipway delete\` and the next deploy find the objects by their labels`,
      );
    return contentsOf(metadata.annotations);
  }

  /**
   * Begins a deploy: adds these kinds and namespaces. Several processes may do so at once. Throws `UnusableParent` and the
   * client's errors: 404 if there is no namespace.
   */
  async begin(wanted: SetContents): Promise<void> {
    for (;;) {
      const running = this.#marked(deployingAnnotation);
      // Its response was lost.
      if (running === this.#token) break;
      this.#isShared = running !== undefined;
      const contents = this.#last === undefined ? wanted : unionOf(contentsOf(this.#last.metadata.annotations), wanted);
      if (await this.#replaced(contents, { running: this.#token, ended: this.#marked(endedAnnotation) })) break;
    }
    this.#begun = this.#last?.metadata;
  }

  /** Reports whether nobody has written the parent since this deploy began. Throws the client's errors. */
  async isUntouched(): Promise<boolean> {
    const now = await this.#send('GET', this.#path);
    return now?.metadata.resourceVersion === this.#begun?.resourceVersion;
  }

  /**
   * Ends a deploy: sets the kinds and namespaces to these, unless another deploy may still add members. In that case, and
   * if the parent is gone, it only makes sure that the parent has them. Throws the client's errors.
   * @param isWhole whether these are all. Otherwise the parent keeps what it has
   */
  async end(kept: SetContents, isWhole: boolean): Promise<Course> {
    let course: Course = 'alone';
    let before: Course = course;
    for (;;) {
      const there = this.#last?.metadata;
      // Its response was lost.
      if (this.#marked(endedAnnotation) === this.#token) return before;
      const isOurs = course === 'alone' && isWhole && !this.#isShared;
      const contents = there === undefined || isOurs ? kept : unionOf(contentsOf(there.annotations), kept);
      const running = this.#marked(deployingAnnotation);
      const marks = { running: running === this.#token ? undefined : running, ended: this.#token };
      if (await this.#replaced(contents, marks)) return course;
      before = course;
      if (this.#last?.metadata.uid !== this.#begun?.uid) course = 'removed';
      else if (course === 'alone') course = 'shared';
    }
  }

  /**
   * Removes the parent, if it is as this process read it. Not an error if there is none. Throws the client's errors.
   * @returns whether it is gone. Otherwise a deploy wrote it in the meantime
   */
  async remove(): Promise<boolean> {
    const { uid, resourceVersion } = this.#last?.metadata ?? {};
    if (uid === undefined) return true;
    try {
      await this.#send('DELETE', this.#path, { preconditions: { uid, resourceVersion } });
      return true;
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      return false;
    }
  }

  /** Writes the parent. If another process wrote it first, reads it and returns `false`. */
  async #replaced(contents: SetContents, marks: Marks): Promise<boolean> {
    try {
      await this.#write(contents, marks);
      return true;
    } catch (error) {
      const wasThere = this.#last !== undefined;
      // A parent that is gone cannot be replaced. To create one without its namespace is an error.
      if (!hasStatus(error, 409) && !(wasThere && hasStatus(error, 404))) throw error;
      await this.read();
      return false;
    }
  }

  #marked(annotation: string): string | undefined {
    return this.#last?.metadata.annotations?.[annotation];
  }

  async #write(contents: SetContents, { running, ended }: Marks): Promise<void> {
    const there = this.#last?.metadata;
    const { [deployingAnnotation]: _, [endedAnnotation]: __, ...annotations } = there?.annotations ?? {};
    const metadata = {
      ...there,
      name: this.name,
      namespace: this.namespace,
      labels: { ...there?.labels, [idLabel]: this.id, 'app.kubernetes.io/managed-by': 'slipway' },
      annotations: {
        ...annotations,
        [setNameAnnotation]: this.#setName,
        ...annotationsOf(contents),
        ...(running !== undefined && { [deployingAnnotation]: running }),
        ...(ended !== undefined && { [endedAnnotation]: ended }),
      },
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
    return `/api/v1/namespaces/${encodeURIComponent(this.namespace)}/configmaps`;
  }

  get #path(): string {
    return `${this.#collection}/${this.name}`;
  }
}
