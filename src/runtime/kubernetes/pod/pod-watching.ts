import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import type { Judgement } from './judgement.ts';

export interface PodFollower extends Disposable {
  readonly observed: ObservedPod;
  /**
   * Sets the uid, for a follower that started before the pod was created. From then on it ignores other pods of this
   * name and their Events.
   */
  setUid(uid: string): void;
  /** Returns the first settled judgement, starting with what is already known. Rejects with the signal's reason. */
  until<T>(judge: (observed: ObservedPod) => Judgement<T>, signal: AbortSignal): Promise<T>;
}

/** Watches pods and their Events for all callers in this process, with one watch of each. */
export interface PodWatcher {
  /**
   * Follows a pod.
   * @param uid of the pod if it is known: another pod of the same name is ignored. Absent: the newest pod of this name
   * @param run the value of the label `slipway.dev/run`: watches only that run's pods instead of all pods of Slipway
   */
  follow(name: string, uid?: string, run?: string): PodFollower;
  close(): void;
}
