import type { ContainerStatus } from './running-container.ts';
import type { StatusFeed } from './status-feed.ts';

/** The part of a `RunningContainer` that comes from the feed of its status. */
export abstract class FedContainer {
  constructor(protected readonly feed: StatusFeed) {}

  status(): ContainerStatus {
    return this.feed.status;
  }

  statuses(signal: AbortSignal): AsyncIterable<ContainerStatus> {
    return this.feed.statuses(signal);
  }

  restarted(signal: AbortSignal): AsyncIterable<ContainerStatus> {
    return this.feed.restarted(signal);
  }
}
