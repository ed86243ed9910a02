import type { Clock } from '../../../model/clock.ts';
import { labelKeys } from '../../runtime.ts';
import type { PodFollower, PodWatcher } from './pod-watching.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';
import { ApiError, ClusterClosed, hasStatus, isTransient } from '../../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../../clusters/api/cluster-client.ts';
import { PodRecords } from './pod-records.ts';
import type { ClusterEvent } from '../../../clusters/pods/cluster-event.ts';
import { Follower } from './pod-follower.ts';
import { backoffMs } from '../../../clusters/api/retry.ts';
import { watch, type WatchListener } from '../../../clusters/api/watch.ts';

export interface PodWatcherOptions {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly namespace: string;
}

/** The selector for pods of any run. */
const allPods = 'app.kubernetes.io/managed-by=slipway';
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
        byRun.set(run, (watcher = new RunWatcher(options, run === '' ? allPods : `${labelKeys.run}=${run}`)));
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
  #linger: AbortController | undefined;
  #disconnection: Pick<ObservedPod, 'disconnectedSince' | 'disconnectedReason'> = {};
  /**
   * The uids of pods that were known before the list request. A pod that was created later may be missing in the list.
   */
  #unseenBeforeList: readonly string[] = [];
  readonly #options: PodWatcherOptions;
  readonly #labelSelector: string;

  constructor(options: PodWatcherOptions, labelSelector: string) {
    this.#options = options;
    this.#labelSelector = labelSelector;
    this.#podRecords = new PodRecords(options.clock, (uid) =>
      [...this.#followers].some((follower) => follower.follows(uid)),
    );
  }

  follow(name: string, uid: string | undefined): PodFollower {
    const { clock } = this.#options;
    const follower = new Follower({
      name,
      uid,
      clock,
      podRecords: this.#podRecords,
      disconnection: () => this.#disconnection,
      onUidKnown: () => this.#requestUnseen(follower),
      onClosed: () => this.#removeFollower(follower),
    });
    this.#followers.add(follower);
    this.#linger?.abort();
    this.#start();
    this.#requestUnseen(follower);
    return follower;
  }

  close(): void {
    this.#stop();
    for (const follower of [...this.#followers]) follower.close(new ClusterClosed());
    this.#linger?.abort();
  }

  #start(): void {
    if (this.#watching !== undefined) return;
    this.#watching = new AbortController();
    const { client, clock, namespace } = this.#options;
    const { signal } = this.#watching;
    const at = `/api/v1/namespaces/${namespace}`;
    void watch(client, clock, { path: `${at}/pods`, labelSelector: this.#labelSelector }, this.#podListener(), signal);
    void watch(
      client,
      clock,
      { path: `${at}/events`, fieldSelector: 'involvedObject.kind=Pod' },
      this.#eventListener(),
      signal,
    );
  }

  #stop(): void {
    this.#watching?.abort();
    this.#watching = undefined;
    this.#disconnection = {};
    // From here on changes are missed, so earlier records must not count as current.
    this.#podRecords.clear();
  }

  #removeFollower(follower: Follower): void {
    if (!this.#followers.delete(follower) || this.#followers.size > 0) return;
    const linger = new AbortController();
    this.#linger = linger;
    this.#options.clock.sleep(lingerMs, linger.signal).then(
      () => this.#followers.size === 0 && this.#stop(),
      () => undefined,
    );
  }

  /** Requests a pod once if only its uid is known. No watch reports a pod that was gone before the watch started. */
  #requestUnseen(follower: Follower): void {
    const signal = this.#watching?.signal;
    if (follower.unseen === undefined || signal === undefined) return;
    this.#requestPod(follower, signal).catch(() => undefined);
  }

  /** Retries until the API server answers. No watch reports this pod, so its follower would wait for ever. */
  async #requestPod(follower: Follower, signal: AbortSignal): Promise<void> {
    const { client, clock, namespace } = this.#options;
    await clock.sleep(unseenMs, signal);
    for (let tries = 0; ; tries++) {
      const uid = follower.unseen;
      if (uid === undefined || !this.#followers.has(follower)) return;
      try {
        const pod = await podOrNothing(client, `/api/v1/namespaces/${namespace}/pods/${follower.name}`, signal);
        if (follower.unseen === uid)
          this.#notify(pod?.metadata.uid === uid ? this.#podRecords.setPod(pod) : this.#podRecords.setDeleted(uid));
        return;
      } catch (error) {
        if (!(error instanceof ApiError) && !isTransient(error)) throw error;
        await clock.sleep(backoffMs(tries, Math.random()), signal);
      }
    }
  }

  #podListener(): WatchListener<Pod> {
    return {
      onChanged: (pod) => this.#notify(this.#podRecords.setPod(pod)),
      onDeleted: (uid) => this.#notify(this.#podRecords.setDeleted(uid)),
      onListing: () => (this.#unseenBeforeList = this.#unseen()),
      onListed: () =>
        this.#unseenBeforeList.forEach(
          (uid) => this.#unseen().includes(uid) && this.#notify(this.#podRecords.setDeleted(uid)),
        ),
      onDisconnected: (disconnectedSince, error) =>
        this.#setDisconnection({
          disconnectedSince,
          disconnectedReason: error instanceof Error ? error.message : String(error),
        }),
      onConnected: () => this.#setDisconnection({}),
    };
  }

  #eventListener(): WatchListener<ClusterEvent> {
    return {
      onChanged: (event) => this.#notify(this.#podRecords.addEvent(event)),
      // The cluster drops Events after an hour. Keep them.
      onDeleted: () => undefined,
      onConnected: () => undefined,
      // Without the permission to watch Events, the pod's status still reports most facts, later (docs/kubernetes.md).
      onDisconnected: () => undefined,
    };
  }

  #unseen(): readonly string[] {
    return [...this.#followers].flatMap(({ unseen }) => unseen ?? []);
  }

  #notify(uid: string | undefined): void {
    if (uid !== undefined) for (const follower of [...this.#followers]) follower.onRecord(uid);
  }

  #setDisconnection(disconnection: Pick<ObservedPod, 'disconnectedSince' | 'disconnectedReason'>): void {
    this.#disconnection = disconnection;
    for (const follower of [...this.#followers]) follower.recheck();
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
