import type { Clock } from '../../../model/clock.ts';
import type { Judgement } from './judgement.ts';
import type { PodFollower } from './pod-watching.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import type { PodRecords } from './pod-records.ts';
import { onAbort } from '../../../util/abort.ts';

interface Followed {
  readonly name: string;
  readonly uid: string | undefined;
  readonly podRecords: PodRecords;
  readonly clock: Clock;
  disconnection(): Pick<ObservedPod, 'disconnectedSince' | 'disconnectedReason'>;
  /** Called when the follower learns its pod's uid. */
  onUidKnown(): void;
  onClosed(): void;
}

/** The shortest delay before a check, in milliseconds, for judges that ask for an immediate one. */
const minRecheckMs = 10;

/** Follows one pod for one caller. */
export class Follower implements PodFollower {
  #uid: string | undefined;
  /** The caller gave the uid, so another pod of the same name is ignored. */
  #isUidKnown: boolean;
  readonly #judges = new Set<{ check(): void; fail(reason: Error): void }>();
  #over: Error | undefined;
  readonly #followed: Followed;

  constructor(followed: Followed) {
    this.#followed = followed;
    this.#uid = followed.uid ?? followed.podRecords.uidByName(followed.name);
    this.#isUidKnown = followed.uid !== undefined;
  }

  get name(): string {
    return this.#followed.name;
  }

  get observed(): ObservedPod {
    const record = this.#uid === undefined ? undefined : this.#followed.podRecords.get(this.#uid);
    return { events: [], ...record, ...this.#followed.disconnection() };
  }

  setUid(uid: string): void {
    this.#uid = uid;
    this.#isUidKnown = true;
    this.#followed.onUidKnown();
    this.recheck();
  }

  /** The given uid, until the pod has been seen. */
  get unseen(): string | undefined {
    const { pod, deleted } = this.observed;
    return pod === undefined && deleted === undefined ? this.#uid : undefined;
  }

  follows(uid: string): boolean {
    return uid === this.#uid;
  }

  /** Called when something about this pod was received. */
  onRecord(uid: string): void {
    // Events alone may belong to an earlier pod of this name.
    if (!this.#isUidKnown) this.#uid = this.#followed.podRecords.uidByName(this.#followed.name) ?? this.#uid;
    if (this.follows(uid)) this.recheck();
  }

  recheck(): void {
    for (const judge of [...this.#judges]) judge.check();
  }

  async until<T>(judge: (observed: ObservedPod) => Judgement<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#over) throw this.#over;
    return await new Promise<T>((resolve, reject) => {
      let timer: AbortController | undefined;
      const settle = (settled: () => void) => {
        timer?.abort();
        this.#judges.delete(mine);
        listener[Symbol.dispose]();
        settled();
      };
      const check = () => {
        timer?.abort();
        const judgement = judge(this.observed);
        if ('settled' in judgement) return settle(() => resolve(judgement.settled));
        if (judgement.recheckInMs === undefined) return;
        timer = new AbortController();
        this.#followed.clock
          .sleep(Math.max(minRecheckMs, judgement.recheckInMs), timer.signal)
          .then(mine.check, () => undefined);
      };
      const fail = (reason: Error) => settle(() => reject(reason));
      const mine = { check: () => attempt(check, fail), fail };
      this.#judges.add(mine);
      const listener = onAbort(signal, (reason) => fail(reason as Error));
      mine.check();
    });
  }

  close(reason: Error): void {
    this.#over ??= reason;
    for (const judge of [...this.#judges]) judge.fail(reason);
    this.#followed.onClosed();
  }

  [Symbol.dispose](): void {
    this.close(new Error(`no caller follows the pod "${this.#followed.name}" any longer`));
  }
}

function attempt(act: () => void, fail: (error: Error) => void): void {
  try {
    act();
  } catch (error) {
    fail(error as Error);
  }
}
