import { setMaxListeners } from 'node:events';
import type { Clock } from '../../../model/clock.ts';
import type { Judgement, PodFollower, ObservedPod } from './observed-pod.ts';
import type { PodRecords } from './pod-records.ts';

interface Followed {
  readonly name: string;
  readonly uid: string | undefined;
  readonly podRecords: PodRecords;
  readonly clock: Clock;
  deaf(): Pick<ObservedPod, 'disconnectedSince' | 'disconnectedReason'>;
  /** Called when the follower learns its pod's uid. */
  onNamed(): void;
  onLeft(): void;
}

/** The shortest delay before a check, in milliseconds, for judges that ask for an immediate one. */
const soonestMs = 10;

/** Follows one pod for one caller. */
export class Follower implements PodFollower {
  #uid: string | undefined;
  /** The caller gave the uid, so another pod of the same name is ignored. */
  #certain: boolean;
  readonly #judges = new Set<{ look(): void; fail(reason: Error): void }>();
  #over: Error | undefined;

  constructor(private readonly followed: Followed) {
    this.#uid = followed.uid ?? followed.podRecords.named(followed.name);
    this.#certain = followed.uid !== undefined;
  }

  get name(): string {
    return this.followed.name;
  }

  get observed(): ObservedPod {
    const record = this.#uid === undefined ? undefined : this.followed.podRecords.of(this.#uid);
    return { events: [], ...record, ...this.followed.deaf() };
  }

  is(uid: string): void {
    this.#uid = uid;
    this.#certain = true;
    this.followed.onNamed();
    this.changed();
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
  heard(uid: string): void {
    // Events alone may belong to an earlier pod of this name.
    if (!this.#certain) this.#uid = this.followed.podRecords.named(this.followed.name) ?? this.#uid;
    if (this.follows(uid)) this.changed();
  }

  changed(): void {
    for (const judge of [...this.#judges]) judge.look();
  }

  async until<T>(judge: (observed: ObservedPod) => Judgement<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#over) throw this.#over;
    return await new Promise<T>((resolve, reject) => {
      let nap: AbortController | undefined;
      const settle = (settled: () => void) => {
        nap?.abort();
        this.#judges.delete(mine);
        signal.removeEventListener('abort', stop);
        settled();
      };
      const look = () => {
        nap?.abort();
        const judgement = judge(this.observed);
        if ('settled' in judgement) return settle(() => resolve(judgement.settled));
        if (judgement.recheckInMs === undefined) return;
        nap = new AbortController();
        this.followed.clock
          .sleep(Math.max(soonestMs, judgement.recheckInMs), nap.signal)
          .then(mine.look, () => undefined);
      };
      const fail = (reason: Error) => settle(() => reject(reason));
      const mine = { look: () => attempt(look, fail), fail };
      const stop = () => fail(signal.reason as Error);
      this.#judges.add(mine);
      setMaxListeners(0, signal);
      signal.addEventListener('abort', stop, { once: true });
      mine.look();
    });
  }

  close(reason: Error): void {
    this.#over ??= reason;
    for (const judge of [...this.#judges]) judge.fail(reason);
    this.followed.onLeft();
  }

  [Symbol.dispose](): void {
    this.close(new Error(`no caller follows the pod "${this.followed.name}" any longer`));
  }
}

function attempt(act: () => void, fail: (error: Error) => void): void {
  try {
    act();
  } catch (error) {
    fail(error as Error);
  }
}
