import type { FollowedContainer } from '../../model/work.ts';
import type { ContainerRef, ContainerSelector, RunningContainers } from '../../runtime/running-container.ts';

/** What a deploy has in one place, as far as its logs need it. */
export interface FollowedDeploy {
  readonly running: RunningContainers;
  /** They find all containers of the deploy, and perhaps others. */
  readonly selectors: readonly ContainerSelector[];
  /** Reports whether a container belongs to the deploy. May ask the platform. Rejects for bugs, and on the signal. */
  belongs(container: ContainerRef): Promise<boolean>;
  /** Returns the name of a container in the log of the run. */
  nameOf(container: ContainerRef): FollowedContainer;
  /**
   * When the deploy began, in milliseconds since 1970. What containers of earlier deploys wrote before is left out.
   * Absent: nothing is left out.
   */
  readonly beganAt?: number;
}
