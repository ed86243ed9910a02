import { labelSelectorOf } from '../../../clusters/api/selectors.ts';
import { watch, type WatchListener } from '../../../clusters/api/watch.ts';
import { ChangeQueue } from '../../change-queue.ts';
import { checkSelector, matches } from '../../container-selector.ts';
import type { ContainerChange, ContainerSelector, RunningContainers } from '../../running-container.ts';
import { StatusFeed } from '../../status-feed.ts';
import { podPath, type ClusterSession } from '../cluster-session.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';
import { refusalOf } from '../pod/refusal.ts';
import { containersOf, type SeenContainer } from './container-statuses.ts';
import { labelProblem, namespaceProblem } from './label-syntax.ts';
import { PodRunningContainer } from './pod-running-container.ts';

/** Finds the containers of pods, with one watch of pods for each selector. */
export class PodRunningContainers implements RunningContainers {
  readonly #session: ClusterSession;

  constructor(session: ClusterSession) {
    this.#session = session;
  }

  async *watch(selector: ContainerSelector, signal: AbortSignal): AsyncGenerator<ContainerChange, void, undefined> {
    checkSelector(selector, labelProblem, namespaceProblem);
    const session = { ...this.#session, namespace: selector.namespace ?? this.#session.namespace };
    const left = new AbortController();
    const until = AbortSignal.any([signal, left.signal]);
    const queue = new ChangeQueue<ContainerChange>();
    const labelSelector = labelSelectorOf(selector.labels);
    const listener = new PodListener(session, selector, queue, until);
    const target = { path: podPath(session), ...(labelSelector !== '' && { labelSelector }) };
    const watching = watch(session.client, session.clock, target, listener, until);
    try {
      yield* queue.read(until);
    } finally {
      left.abort();
      await watching;
    }
  }
}

interface Known {
  seen: SeenContainer;
  readonly feed: StatusFeed;
  readonly container: PodRunningContainer;
}

/** Turns what a watch of pods reports into changes of containers. */
class PodListener implements WatchListener<Pod> {
  /** By the pod's uid, then by the container's name. */
  readonly #pods = new Map<string, Map<string, Known>>();
  #state: 'new' | 'connected' | 'disconnected' = 'new';
  readonly #session: ClusterSession;
  readonly #selector: ContainerSelector;
  readonly #queue: ChangeQueue<ContainerChange>;
  readonly #signal: AbortSignal;

  constructor(
    session: ClusterSession,
    selector: ContainerSelector,
    queue: ChangeQueue<ContainerChange>,
    signal: AbortSignal,
  ) {
    this.#session = session;
    this.#selector = selector;
    this.#queue = queue;
    this.#signal = signal;
  }

  onChanged(pod: Pod): void {
    const { uid = '' } = pod.metadata;
    const known = this.#pods.get(uid) ?? new Map<string, Known>();
    this.#pods.set(uid, known);
    for (const seen of containersOf(pod)) {
      const { ref, status } = seen;
      const before = known.get(ref.name);
      if (before) {
        before.seen = seen;
        before.feed.set(status);
      } else if (matches({ ...this.#selector, labels: {} }, ref)) this.#appear(known, seen);
    }
  }

  onDeleted(uid: string): void {
    for (const { feed, container } of this.#pods.get(uid)?.values() ?? []) {
      feed.setGone();
      this.#queue.push({ change: 'gone', container });
    }
    this.#pods.delete(uid);
  }

  onListed(): void {
    if (this.#state !== 'connected') this.#queue.push({ change: 'connected' });
    this.#state = 'connected';
  }

  /** The first time, the list follows. Later the watch continues where it was cut. */
  onConnected(): void {
    if (this.#state === 'disconnected') this.onListed();
  }

  onDisconnected(_since: number, error: unknown): void {
    if (this.#state === 'disconnected') return;
    this.#state = 'disconnected';
    const detail = error instanceof Error ? error.message : String(error);
    const failure = refusalOf(error, this.#session.namespace) ?? { code: 'runtime-lost', detail, by: 'cluster' };
    this.#queue.push({ change: 'disconnected', failure });
  }

  #appear(known: Map<string, Known>, seen: SeenContainer): void {
    const feed = new StatusFeed(seen.status, this.#signal);
    const finished = () => known.get(seen.ref.name)?.seen.finished === true;
    const container = new PodRunningContainer(this.#session, seen.ref, feed, finished);
    known.set(seen.ref.name, { seen, feed, container });
    this.#queue.push({ change: 'appeared', container });
  }
}
