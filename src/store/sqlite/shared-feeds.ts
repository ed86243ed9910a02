import type { RunId } from '../../model/ids.ts';
import type { RunFeed } from './run-feed.ts';

interface SharedFeed {
  readonly opening: Promise<RunFeed>;
  users: number;
}

/** The open logs of a process: each is opened once, and closed with its last user. */
export class SharedFeeds {
  readonly #feeds = new Map<RunId, SharedFeed>();
  readonly #make: (run: RunId) => Promise<RunFeed>;

  constructor(make: (run: RunId) => Promise<RunFeed>) {
    this.#make = make;
  }

  async open(run: RunId): Promise<RunFeed> {
    let shared = this.#feeds.get(run);
    if (shared === undefined) {
      shared = { opening: this.#make(run), users: 0 };
      this.#feeds.set(run, shared);
    }
    shared.users += 1;
    try {
      return await shared.opening;
    } catch (error) {
      if (this.#feeds.get(run) === shared) this.#feeds.delete(run);
      throw error;
    }
  }

  /** Undoes one `open`. */
  close(run: RunId): void {
    const shared = this.#feeds.get(run);
    if (shared === undefined || --shared.users > 0) return;
    this.#feeds.delete(run);
    shared.opening.then(
      (feed) => feed.close(),
      () => undefined,
    );
  }

  /** Closes all, whoever uses them. */
  async closeAll(): Promise<void> {
    const feeds = await Promise.allSettled([...this.#feeds.values()].map(({ opening }) => opening));
    this.#feeds.clear();
    for (const feed of feeds) if (feed.status === 'fulfilled') feed.value.close();
  }
}
