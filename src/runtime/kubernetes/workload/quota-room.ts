import { labelSelectorOf } from '../../../clusters/api/selectors.ts';
import type { Work } from '../../../model/work.ts';
import { labelKeys, type Labels } from '../../runtime.ts';
import { StartRefused } from '../../start-refused.ts';
import { backoffMs, retryTransient } from '../../../clusters/api/retry.ts';
import { podPath, type ClusterSession } from '../cluster-session.ts';
import { settledAt, undecided } from '../pod/judgement.ts';
import type { Judgement } from '../pod/judgement.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';
import { isCounted, isOver, judgeQuota, quotaMessage, type QuotaExceeded } from '../pod/quota.ts';
import type { WaitReporter } from './wait-reporter.ts';

/** If there are more pods, only those of the run are listed. */
const maxListedPods = 500;
/** A pod that exists this long after its command ended is kept on purpose, or its artifacts are very large. */
const keptAfterMs = 60_000;

/** One pod's wait for room in the quotas of its namespace. */
export class QuotaRoom {
  #unexplainedSince: number | undefined;
  #tries = 0;
  /** The uids of this run's pods that do not end. */
  readonly #kept = new Set<string>();
  readonly #session: ClusterSession;
  readonly #labels: Labels;
  readonly #work: Pick<Work, 'clock' | 'signal'>;
  readonly #shown: WaitReporter;

  constructor(session: ClusterSession, labels: Labels, work: Pick<Work, 'clock' | 'signal'>, shown: WaitReporter) {
    this.#session = session;
    this.#labels = labels;
    this.#work = work;
    this.#shown = shown;
  }

  /** Returns when the pod should be created again. Throws `StartRefused` if no pod of ours will make room. */
  async after(refusal: QuotaExceeded): Promise<void> {
    const session = this.#session;
    const work = this.#work;
    const labels = this.#labels;
    const listed = await this.#list();
    const now = work.clock.now();
    const removedAt = session.lastRemoval.at;
    const judgement = judgeQuota(refusal, {
      ...listed,
      labels,
      staying: this.#kept,
      ...(removedAt !== undefined && { removedAgoMs: now - removedAt }),
      unexplainedMs: now - (this.#unexplainedSince ?? now),
    });
    if ('failure' in judgement) throw new StartRefused(judgement.failure);
    this.#shown.because(quotaMessage(refusal, judgement));
    if (judgement.wait === 'recount') {
      this.#unexplainedSince ??= now;
      await work.clock.sleep(Math.max(100, backoffMs(this.#tries++, Math.random())), work.signal);
    } else {
      this.#unexplainedSince = undefined;
      this.#tries = 0;
      await this.#firstGone(judgement.holders);
    }
  }

  async #list(): Promise<{ readonly pods: readonly Pod[]; readonly areAll: boolean }> {
    const all = await this.#page();
    if ((all.metadata?.continue ?? '') === '') return { pods: all.items, areAll: true };
    return {
      pods: (await this.#page(labelSelectorOf({ [labelKeys.run]: this.#labels[labelKeys.run] ?? '' }))).items,
      areAll: false,
    };
  }

  async #page(labelSelector?: string): Promise<PodList> {
    const session = this.#session;
    const work = this.#work;
    const query = { limit: maxListedPods, labelSelector };
    const list = async () =>
      await session.client.json<PodList>('GET', podPath(session), { query, signal: work.signal });
    return await retryTransient(session.clock, work.signal, list);
  }

  /** Waits until one of these pods no longer counts, or turns out to stay. */
  async #firstGone(holders: readonly Pod[]): Promise<void> {
    const enough = new AbortController();
    const signal = AbortSignal.any([enough.signal, this.#work.signal]);
    try {
      await Promise.race(holders.map(async (pod) => await this.#gone(pod, signal)));
    } finally {
      enough.abort(new Error('one of them is gone'));
    }
  }

  async #gone({ metadata: { name, uid, labels } }: Pod, signal: AbortSignal): Promise<void> {
    using follower = this.#session.watcher.follow(name, uid, labels?.[labelKeys.run]);
    const end = await follower.until((observed) => endOfHolder(observed, this.#work.clock.now()), signal);
    if (end === 'kept' && uid !== undefined) this.#kept.add(uid);
  }
}

/** Judges whether a pod no longer counts in a quota (`gone`), or stays although its command has ended (`kept`). */
function endOfHolder(observed: ObservedPod, now: number): Judgement<'gone' | 'kept'> {
  const { pod, deleted, seenAt } = observed;
  if (deleted === true || (pod !== undefined && !isCounted(pod))) return { settled: 'gone' };
  if (pod === undefined || !isOver(pod) || pod.metadata.deletionTimestamp !== undefined) return undecided;
  return settledAt((seenAt ?? now) + keptAfterMs, now, () => 'kept');
}

interface PodList {
  readonly items: readonly Pod[];
  readonly metadata?: { readonly continue?: string };
}
