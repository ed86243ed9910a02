import type { Clock } from '../../../model/clock.ts';
import { labelKeys } from '../../runtime.ts';
import type { PodFollower, ObservedPod, PodWatcher } from './observed-pod.ts';
import type { Pod } from './pod-types.ts';
import { ApiError, ClusterClosed, hasStatus, isTransient } from '../../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../../clusters/api/cluster-client.ts';
import { PodRecords, type ClusterEvent } from './pod-records.ts';
import { Follower } from './pod-follower.ts';
import { backoffMs } from '../../../clusters/api/retry.ts';
import { watch, type WatchListener } from '../../../clusters/api/watch.ts';

export interface PodWatcherOptions {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly namespace: string;
}

/** The selector for pods of any run. */
const everybody = 'app.kubernetes.io/managed-by=slipway';
/** How long watches outlive their last follower: the next step usually starts at once. */
const lingerMs = 10_000;

/** A watch reports a pod within this time or never. */
const unseenMs = 5_000;

/**
 * Opens the watcher; see `PodWatcher`. The watches start with the first follower and end some seconds after the last
 * one leaves.
 */
export function openPodWatcher(options: PodWatcherOptions): PodWatcher {
  const byRun = new Map<string, RunWatcher>();
  let closed = false;
  return {
    follow: (name, uid, run = '') => {
      if (closed) throw new ClusterClosed();
      let watcher = byRun.get(run);
      if (watcher === undefined)
        byRun.set(run, (watcher = new RunWatcher(options, run === '' ? everybody : `${labelKeys.run}=${run}`)));
      return watcher.follow(name, uid);
    },
    close: () => {
      closed = true;
      for (const watcher of byRun.values()) watcher.close();
    },
  };
}

/** One watch of pods and one of Events, for all followers of pods with the same labels. */
class RunWatcher {
  readonly #followers = new Set<Follower>();
  readonly #podRecords: PodRecords;
  /** Set while there are followers, and a little longer. */
  #watching: AbortController | undefined;
  #leaving: AbortController | undefined;
  #deaf: Pick<ObservedPod, 'disconnectedSince' | 'disconnectedReason'> = {};
  /**
   * The uids of pods that were known before the list request. A pod that was created later may be missing in the list.
   */
  #awaiting: readonly string[] = [];

  constructor(
    private readonly options: PodWatcherOptions,
    private readonly labelSelector: string,
  ) {
    this.#podRecords = new PodRecords(options.clock, (uid) =>
      [...this.#followers].some((follower) => follower.follows(uid)),
    );
  }

  follow(name: string, uid: string | undefined): PodFollower {
    const { clock } = this.options;
    const follower = new Follower({
      name,
      uid,
      clock,
      podRecords: this.#podRecords,
      deaf: () => this.#deaf,
      onNamed: () => this.#makeSure(follower),
      onLeft: () => this.#left(follower),
    });
    this.#followers.add(follower);
    this.#leaving?.abort();
    this.#begin();
    this.#makeSure(follower);
    return follower;
  }

  close(): void {
    this.#end();
    for (const follower of [...this.#followers]) follower.close(new ClusterClosed());
    this.#leaving?.abort();
  }

  #begin(): void {
    if (this.#watching !== undefined) return;
    this.#watching = new AbortController();
    const { client, clock, namespace } = this.options;
    const { signal } = this.#watching;
    const at = `/api/v1/namespaces/${namespace}`;
    void watch(client, clock, { path: `${at}/pods`, labelSelector: this.labelSelector }, this.#podListener(), signal);
    void watch(
      client,
      clock,
      { path: `${at}/events`, fieldSelector: 'involvedObject.kind=Pod' },
      this.#eventListener(),
      signal,
    );
  }

  #end(): void {
    this.#watching?.abort();
    this.#watching = undefined;
    this.#deaf = {};
    // From here on changes are missed, so earlier records must not count as current.
    this.#podRecords.clear();
  }

  #left(follower: Follower): void {
    if (!this.#followers.delete(follower) || this.#followers.size > 0) return;
    const leaving = new AbortController();
    this.#leaving = leaving;
    this.options.clock.sleep(lingerMs, leaving.signal).then(
      () => this.#followers.size === 0 && this.#end(),
      () => undefined,
    );
  }

  /** Requests a pod once if only its uid is known. No watch reports a pod that was gone before the watch started. */
  #makeSure(follower: Follower): void {
    const signal = this.#watching?.signal;
    if (follower.unseen === undefined || signal === undefined) return;
    this.#ask(follower, signal).catch(() => undefined);
  }

  /** Retries until the API server answers. No watch reports this pod, so its follower would wait for ever. */
  async #ask(follower: Follower, signal: AbortSignal): Promise<void> {
    const { client, clock, namespace } = this.options;
    await clock.sleep(unseenMs, signal);
    for (let tries = 0; ; tries++) {
      const uid = follower.unseen;
      if (uid === undefined || !this.#followers.has(follower)) return;
      try {
        const pod = await podOrNothing(client, `/api/v1/namespaces/${namespace}/pods/${follower.name}`, signal);
        if (follower.unseen === uid)
          this.#tell(pod?.metadata.uid === uid ? this.#podRecords.saw(pod) : this.#podRecords.lost(uid));
        return;
      } catch (error) {
        if (!(error instanceof ApiError) && !isTransient(error)) throw error;
        await clock.sleep(backoffMs(tries, Math.random()), signal);
      }
    }
  }

  #podListener(): WatchListener<Pod> {
    return {
      onChanged: (pod) => this.#tell(this.#podRecords.saw(pod)),
      onGone: (uid) => this.#tell(this.#podRecords.lost(uid)),
      onListing: () => (this.#awaiting = this.#unseen()),
      onListed: () =>
        this.#awaiting.forEach((uid) => this.#unseen().includes(uid) && this.#tell(this.#podRecords.lost(uid))),
      onDisconnected: (disconnectedSince, error) =>
        this.#hear({ disconnectedSince, disconnectedReason: error instanceof Error ? error.message : String(error) }),
      onConnected: () => this.#hear({}),
    };
  }

  #eventListener(): WatchListener<ClusterEvent> {
    return {
      onChanged: (event) => this.#tell(this.#podRecords.heard(event)),
      // The cluster drops Events after an hour. Keep them.
      onGone: () => undefined,
      onConnected: () => undefined,
      // Without the permission to watch Events, the pod's status still reports most facts, later (docs/kubernetes.md).
      onDisconnected: () => undefined,
    };
  }

  #unseen(): readonly string[] {
    return [...this.#followers].flatMap(({ unseen }) => unseen ?? []);
  }

  #tell(uid: string | undefined): void {
    if (uid !== undefined) for (const follower of [...this.#followers]) follower.heard(uid);
  }

  #hear(deaf: Pick<ObservedPod, 'disconnectedSince' | 'disconnectedReason'>): void {
    this.#deaf = deaf;
    for (const follower of [...this.#followers]) follower.changed();
  }
}

async function podOrNothing(client: ClusterClient, path: string, signal: AbortSignal): Promise<Pod | undefined> {
  try {
    return await client.json<Pod>('GET', path, { signal });
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}
