import type { Failure, ObjectProblem } from '../../model/outcome.ts';
import { cancelledBy, failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { watch, type WatchListener } from '../../clusters/api/watch.ts';
import { lastLinesOf } from '../../clusters/pods/last-lines.ts';
import { onAbort } from '../../util/abort.ts';
import { nextTurn } from '../../util/next-turn.ts';
import { disconnectionFailure, lost, type Disconnection, type LossRules } from './disconnection.ts';
import { planWatches, type PlannedWatch } from './plan-watches.ts';
import { ResourceTracker, type TrackerOptions } from './resource-tracker.ts';
import { StatusRecords } from './status-records.ts';
import type { WaitedResource } from './waited-resource.ts';
import type { WatchedObject } from './watched-object.ts';

export interface WaitOptions extends TrackerOptions, LossRules {
  readonly client: ClusterClient;
  /** How long all objects together may take, in milliseconds. Absent: no limit. */
  readonly deadlineMs?: number;
}

/** How a check ends. `judged`: by what is known of the objects. */
type Conclusion = Failure | 'judged' | 'cancelled';

/** How long the check goes on after the first failure. What fails together is reported together. */
const othersMs = 1_000;

/** Waits for several objects with one set of watches. Used once. */
export class StatusWait {
  readonly #records = new StatusRecords();
  readonly #trackers: readonly ResourceTracker[];
  readonly #byPlace = new Map<string, ResourceTracker>();
  readonly #byUid = new Map<string, ResourceTracker>();
  readonly #changed = new Set<ResourceTracker>();
  /** The paths of kinds that were listed. Before that, a missing object may only be unknown. */
  readonly #listed = new Set<string>();
  readonly #disconnections = new Map<PlannedWatch, Disconnection>();
  readonly #ending = new AbortController();
  #isFlushing = false;
  #hasFailed = false;
  #conclusion: Conclusion | undefined;
  readonly #options: WaitOptions;
  readonly #work: Work;

  constructor(resources: readonly WaitedResource[], options: WaitOptions, work: Work) {
    this.#options = options;
    this.#work = work;
    this.#trackers = resources.map((resource) => new ResourceTracker(resource, this.#records, options));
    for (const tracker of this.#trackers) {
      const { path, object } = tracker.resource;
      this.#byPlace.set(`${path}/${object.name}`, tracker);
    }
  }

  async run(): Promise<Outcome> {
    const { signal } = this.#work;
    using _listener = onAbort(signal, () => this.#conclude('cancelled'));
    const { client, deadlineMs } = this.#options;
    if (deadlineMs !== undefined) this.#after(deadlineMs, () => this.#expire(deadlineMs));
    const watches = planWatches(this.#trackers.map(({ resource }) => resource)).map((planned) =>
      watch(client, this.#work.clock, planned.target, this.#listener(planned), this.#ending.signal),
    );
    await Promise.all(watches);
    if (this.#conclusion === 'cancelled' || signal.aborted) return cancelledBy(signal);
    if (typeof this.#conclusion === 'object') return failed(this.#conclusion);
    const problems = await this.#problems();
    if (signal.aborted) return cancelledBy(signal);
    return problems.length === 0
      ? succeeded(undefined)
      : failed({ code: 'not-ready', of: this.#trackers.length, problems });
  }

  #listener(planned: PlannedWatch): WatchListener<WatchedObject> {
    const { path } = planned.target;
    const common = {
      onConnected: () => void this.#disconnections.delete(planned),
      onDisconnected: (since: number, error: unknown) => this.#setDisconnected(planned, { since, error }),
    };
    if (planned.of === 'events')
      return {
        ...common,
        onChanged: (event) => this.#note(this.#records.addEvent(event, this.#work.clock.now())),
        // The cluster drops Events after an hour. Keep them.
        onDeleted: () => undefined,
      };
    return {
      ...common,
      onChanged: (object) => {
        const uid = this.#records.set(path, object);
        const tracker = this.#byPlace.get(`${path}/${object.metadata.name}`);
        if (tracker !== undefined) this.#byUid.set(uid, tracker);
        this.#note(uid);
      },
      onDeleted: (uid) => {
        this.#note(uid);
        this.#records.delete(path, uid);
      },
      onListed: () => {
        this.#listed.add(path);
        for (const tracker of this.#trackers) if (tracker.resource.path === path) this.#changed.add(tracker);
        this.#flushSoon();
      },
    };
  }

  /** Something was received about an object: of this check, or of one that controls it. */
  #note(uid: string | undefined): void {
    if (uid === undefined) return;
    for (const each of this.#records.chainOf(uid)) {
      const tracker = this.#byUid.get(each);
      if (tracker !== undefined) this.#changed.add(tracker);
    }
    if (this.#changed.size > 0) this.#flushSoon();
  }

  /** Several changes often arrive together. They are judged together. */
  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    void nextTurn().then(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#conclusion !== undefined) return;
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const tracker of changed) {
      if (!this.#listed.has(tracker.resource.path)) continue;
      const againInMs = tracker.check(this.#work.clock.now());
      if (againInMs !== undefined)
        this.#after(againInMs, () => {
          this.#changed.add(tracker);
          this.#flush();
        });
    }
    if (changed.length > 0) this.#review();
  }

  #review(): void {
    const statuses = this.#trackers.map(({ verdict }) => verdict.status);
    if (!statuses.includes('inProgress')) return this.#conclude('judged');
    if (!statuses.includes('failed') || this.#hasFailed) return;
    this.#hasFailed = true;
    if (!this.#options.tolerate) this.#after(othersMs, () => this.#conclude('judged'));
  }

  #setDisconnected(planned: PlannedWatch, disconnection: Disconnection): void {
    if (!planned.isNeeded) return;
    this.#disconnections.set(planned, disconnection);
    const failure = disconnectionFailure(disconnection, this.#work.clock.now(), this.#options);
    if (failure !== undefined) this.#conclude(failure);
  }

  #expire(deadlineMs: number): void {
    this.#flush();
    if (this.#conclusion !== undefined) return;
    // Nobody knows the state of the objects.
    const [disconnection] = this.#disconnections.values();
    if (disconnection !== undefined)
      return this.#conclude(lost(disconnection.since, disconnection.error, this.#work.clock.now()));
    for (const tracker of this.#trackers) tracker.expire(deadlineMs);
    this.#conclude('judged');
  }

  #conclude(conclusion: Conclusion): void {
    this.#conclusion ??= conclusion;
    this.#ending.abort();
  }

  #after(ms: number, act: () => void): void {
    this.#work.clock.sleep(ms, this.#ending.signal).then(act, () => undefined);
  }

  async #problems(): Promise<readonly ObjectProblem[]> {
    const { clock, signal } = this.#work;
    const found = this.#trackers.map(async ({ verdict, shown, resource: { namespace } }) => {
      if (verdict.status !== 'failed') return [];
      const { message: detail, cause, log } = verdict;
      const lines =
        log && namespace !== undefined
          ? await lastLinesOf(this.#options.client, { namespace, ...log }, clock, signal)
          : [];
      return [
        {
          object: shown,
          ...(namespace !== undefined && { namespace }),
          detail,
          ...(lines.length > 0 && { lines }),
          ...(cause && { cause }),
        },
      ];
    });
    return (await Promise.all(found)).flat();
  }
}
