import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../model/clock.ts';
import { ApiError, ClusterLost, hasStatus, isTransient, type ApiStatus } from './api-error.ts';
import type { ClusterClient } from './cluster-client.ts';
import { pageSize, pagesOf } from './pages-of.ts';
import { backoffMs } from './retry.ts';
import { watchLines } from './watch-lines.ts';
import { onAbort } from '../../util/abort.ts';

/** The objects to watch: one kind, in one place, with selectors. */
export interface WatchTarget {
  /** `/api/v1/namespaces/N/pods`. */
  readonly path: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface WatchedObject {
  readonly metadata: { readonly name: string; readonly uid?: string; readonly resourceVersion?: string };
}

/** Called in order. Must not throw. */
export interface WatchListener<T> {
  /** The first state of an object, or a new one. After a break the latest state may be reported again. */
  onChanged(object: T): void;
  /** The object is gone. Its last known state was reported before. */
  onDeleted(uid: string): void;
  /** A list request follows. Every object created before this call is in the list or gone. */
  onListing?(): void;
  /** All listed objects and all missed deletions have been reported. */
  onListed?(): void;
  /**
   * The watch is disconnected. Called for each failed try.
   * @param since when something was last received, in milliseconds since 1970
   */
  onDisconnected(since: number, error: unknown): void;
  /** The watch is connected: the first time, and after `onDisconnected`. No change was missed. */
  onConnected(): void;
}

/** Shorter than the five minutes that etcd keeps its history, so that a quiet watch can be resumed. */
const watchSeconds = 290;
/**
 * Bookmarks arrive each minute, give or take a quarter (`defaultBookmarkFrequency` in k8s.io/apiserver). A watch
 * without them is dead, or of a kind without bookmarks (Events), where a new request costs nothing.
 */
const silentMs = 100_000;
/** After a watch that lasted this long, the next try starts at once. */
const lastingMs = 5_000;
/** The maximum number of empty watches in a row. */
const mostEmptyWatches = 3;
/**
 * A refused request is retried more rarely. Roles may be granted later, and a starting server may refuse what it allows
 * a second later.
 */
const refusedFactor = 12;

/**
 * Reports all objects of a target and their changes until the signal. After a break it resumes where it broke off if
 * the cluster still has the history, and lists everything otherwise. Never rejects.
 */
export async function watch<T extends WatchedObject>(
  client: ClusterClient,
  clock: Clock,
  target: WatchTarget,
  listener: WatchListener<T>,
  signal: AbortSignal,
): Promise<void> {
  await new WatchLoop(client, clock, target, listener, signal).run();
}

/** The watch reported `ERROR`, or was unreadable. Only a new list helps. */
class WatchBroken extends Error {
  override readonly name = 'WatchBroken';
}

class WatchLoop<T extends WatchedObject> {
  /** The versions of known objects, by uid. */
  #known = new Map<string, string>();
  /** The version from which to resume. Absent: a new list is needed. */
  #version: string | undefined;
  #heardAt: number;
  #hearing = false;
  #emptyWatches = 0;
  readonly #client: ClusterClient;
  readonly #clock: Clock;
  readonly #target: WatchTarget;
  readonly #listener: WatchListener<T>;
  readonly #signal: AbortSignal;

  constructor(
    client: ClusterClient,
    clock: Clock,
    target: WatchTarget,
    listener: WatchListener<T>,
    signal: AbortSignal,
  ) {
    this.#client = client;
    this.#clock = clock;
    this.#target = target;
    this.#listener = listener;
    this.#signal = signal;
    this.#heardAt = clock.now();
  }

  async run(): Promise<void> {
    for (let tries = 0; !this.#signal.aborted; tries++) {
      const began = this.#clock.now();
      let error: unknown;
      try {
        if (this.#version === undefined) await this.#list();
        await this.#watch();
      } catch (caught) {
        error = caught;
      }
      if (this.#signal.aborted) return;
      if (error !== undefined) this.#failed(error);
      if (this.#clock.now() - began >= lastingMs && this.#hearing) tries = 0;
      await this.#clock.sleep(this.#backoffMs(tries, error), this.#signal).catch(() => undefined);
    }
  }

  #failed(error: unknown): void {
    // A broken connection alone means nothing: the next one resumes there.
    if (error instanceof WatchCut) return;
    if (!isTransient(error)) this.#version = undefined;
    // An expired version is not a disconnection: list everything now.
    if (error instanceof WatchBroken || hasStatus(error, 410)) return;
    this.#hearing = false;
    this.#listener.onDisconnected(this.#heardAt, error);
  }

  #backoffMs(tries: number, error: unknown): number {
    const asked = error instanceof ApiError ? (error.details?.retryAfterSeconds ?? 0) * 1_000 : 0;
    const refused =
      error !== undefined && !isTransient(error) && !(error instanceof WatchBroken) && !hasStatus(error, 410);
    return Math.max(asked, backoffMs(tries, Math.random()) * (refused ? refusedFactor : 1));
  }

  async #list(): Promise<void> {
    this.#listener.onListing?.();
    const found = new Map<string, string>();
    let version = '';
    const ask = async (token: string | undefined): Promise<ObjectList<T>> =>
      await this.#client.json('GET', this.#target.path, {
        query: { ...this.#selectors(), limit: pageSize, continue: token },
        signal: this.#signal,
      });
    for await (const { items, metadata } of pagesOf(ask)) {
      // A proxy answers in the cluster's place. Until it stops, the cluster counts as disconnected.
      if (!isListed(items) || metadata?.resourceVersion === undefined)
        throw new ClusterLost('the response is not a list');
      this.#heard();
      for (const object of items) {
        found.set(keyOf(object), object.metadata.resourceVersion ?? '');
        this.#tell(object);
      }
      version = metadata.resourceVersion;
    }
    for (const uid of [...this.#known.keys()]) if (!found.has(uid)) this.#tellGone(uid);
    this.#known = found;
    this.#version = version;
    this.#listener.onListed?.();
  }

  /** Watches that end at once without data may not be watches at all. Lists everything after several of them. */
  #judgeWatch(lines: number, began: number): void {
    const isEmpty = lines === 0 && this.#clock.now() - began < lastingMs;
    this.#emptyWatches = isEmpty ? this.#emptyWatches + 1 : 0;
    if (this.#emptyWatches < mostEmptyWatches) return;
    this.#emptyWatches = 0;
    this.#version = undefined;
  }

  async #watch(): Promise<void> {
    const began = this.#clock.now();
    const watchdog = new Watchdog(this.#clock, this.#signal);
    try {
      const timeoutSeconds = Math.round(watchSeconds * (0.9 + Math.random() * 0.1));
      const query = {
        ...this.#selectors(),
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion: this.#version,
        timeoutSeconds,
      };
      const answer = await this.#client.open('GET', this.#target.path, { query, signal: watchdog.signal });
      this.#heard();
      watchdog.begin();
      this.#judgeWatch(await this.#follow(answer, watchdog), began);
    } finally {
      watchdog.end();
    }
  }

  /** @returns the number of lines if the watch ended cleanly */
  async #follow(answer: IncomingMessage, watchdog: Watchdog): Promise<number> {
    const lines = watchLines(answer);
    for (let count = 0; ; count++) {
      const line = await lines.next().catch((error: unknown) => {
        throw error instanceof SyntaxError ? new WatchBroken(error.message) : new WatchCut();
      });
      if (line.done === true) return count;
      watchdog.fed();
      this.#heard();
      this.#take(line.value as WatchLine<T>);
    }
  }

  #take({ type, object }: WatchLine<T>): void {
    switch (type) {
      case 'ERROR':
        throw new WatchBroken((object as ApiStatus).message ?? 'the watch ended');
      case 'ADDED':
      case 'MODIFIED':
        this.#tell(known(object));
        break;
      case 'DELETED':
        this.#tell(known(object));
        this.#tellGone(keyOf(known(object)));
        break;
      default:
    }
    this.#version = (object as Partial<T>).metadata?.resourceVersion ?? this.#version;
  }

  #tell(object: T): void {
    const { resourceVersion = '' } = object.metadata;
    if (this.#known.get(keyOf(object)) === resourceVersion) return;
    this.#known.set(keyOf(object), resourceVersion);
    this.#listener.onChanged(object);
  }

  #tellGone(uid: string): void {
    if (this.#known.delete(uid)) this.#listener.onDeleted(uid);
  }

  #heard(): void {
    this.#heardAt = this.#clock.now();
    if (this.#hearing) return;
    this.#hearing = true;
    this.#listener.onConnected();
  }

  #selectors(): Pick<WatchTarget, 'labelSelector' | 'fieldSelector'> {
    const { labelSelector, fieldSelector } = this.#target;
    return {
      ...(labelSelector !== undefined && { labelSelector }),
      ...(fieldSelector !== undefined && { fieldSelector }),
    };
  }
}

function isListed<T>(items: unknown): items is readonly T[] {
  return Array.isArray(items) && items.every(isNamed);
}

function isNamed(object: unknown): boolean {
  const metadata = typeof object === 'object' && object !== null && 'metadata' in object ? object.metadata : undefined;
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata;
}

function known<T>(object: T | ApiStatus): T {
  if (!isNamed(object)) throw new WatchBroken('an object without a name');
  return object as T;
}

function keyOf({ metadata: { uid, name } }: WatchedObject): string {
  return uid ?? name;
}

/** An established watch broke off. */
class WatchCut extends ClusterLost {
  constructor() {
    super('the watch broke off');
  }
}

/** Closes a connection that is silent for too long. */
class Watchdog {
  readonly #ended = new AbortController();
  readonly #hangUp = new AbortController();
  #fedAt: number;
  /** Aborted by the outer signal and by silence. */
  readonly signal = this.#hangUp.signal;
  readonly #clock: Clock;
  readonly #listener: Disposable;

  constructor(clock: Clock, outer: AbortSignal) {
    this.#clock = clock;
    this.#fedAt = clock.now();
    this.#listener = onAbort(outer, (reason) => this.#hangUp.abort(reason));
  }

  begin(): void {
    this.fed();
    this.#guard().catch(() => undefined);
  }

  fed(): void {
    this.#fedAt = this.#clock.now();
  }

  end(): void {
    this.#listener[Symbol.dispose]();
    this.#ended.abort();
  }

  async #guard(): Promise<void> {
    for (let left = silentMs; left > 0; left = this.#fedAt + silentMs - this.#clock.now())
      await this.#clock.sleep(left, this.#ended.signal);
    this.#hangUp.abort(new WatchCut());
  }
}

interface ObjectList<T> {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly T[];
}

/** One line of a watch (meta/v1 `WatchEvent`). */
interface WatchLine<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR' | (string & {});
  readonly object: T | ApiStatus;
}
