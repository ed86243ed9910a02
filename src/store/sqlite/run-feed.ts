/** One run's log in this process. Shared by its owner, if it is here, and all followers. */
import type { Seq } from '../../events/event.ts';
import type { LazyPage } from '../log/event-page.ts';
import type { FollowedLog } from '../log/follow.ts';
import { RecentEvents } from '../log/recent-events.ts';
import { onAbort } from '../../util/abort.ts';
import type { TurnBudget } from '../turn-budget.ts';
import type { Appended, RunFile } from './run-file.ts';

/** Commits of other processes are seen within this time. A check takes about 5 µs; waking up costs more. */
const lookEveryMs = 30;
/** A page has at most 256 KiB of output, and its JSON is about as long. */
const keptPages = 16;
/** The number of checks between two checks of the owner. */
const ownerEveryLooks = 8;

export class RunFeed implements FollowedLog {
  readonly #recentEvents = new RecentEvents();
  /** Pages that were read last, by the number before them. Readers that catch up together share them. */
  readonly #readPages = new Map<Seq, LazyPage>();
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
  #knownHead: Seq = 0;
  #knownVersion = 0;
  #ownerDead: boolean | undefined;
  #finished = false;
  /** An owner in this process holds the lease. It reports its appends with `publish`. */
  ownedHere = false;
  readonly #isOwnerDead: () => Promise<boolean>;

  constructor(
    readonly file: RunFile,
    readonly turn: TurnBudget,
    isOwnerDead: () => Promise<boolean>,
  ) {
    this.#isOwnerDead = isOwnerDead;
    this.#knownVersion = file.dataVersion();
  }

  /** Delivers what this process has committed. */
  publish(appended: Appended): void {
    this.#knownHead = appended.head;
    const { entries } = appended.page;
    this.#finished ||= entries.some(({ type }) => type === 'run.finished');
    this.#recentEvents.add(appended.page, appended.bytes + entries.length * 200);
    this.#wake();
  }

  /** Forgets pages of events that were dropped. */
  cut(): void {
    this.#readPages.clear();
    this.#recentEvents.clear();
  }

  /** Called when the lease has a new owner or was released. */
  ownerChanged(ownedHere: boolean): void {
    this.ownedHere = ownedHere;
    this.#ownerDead = undefined;
    this.#wake();
  }

  async head(): Promise<Seq> {
    return await this.file.head();
  }

  recent(after: Seq): LazyPage | undefined {
    return this.#recentEvents.after(after) ?? this.#readPages.get(after);
  }

  async page(after: Seq, structural: boolean): Promise<LazyPage> {
    const page = await this.file.page(after, structural);
    if (!structural && page.entries.length > 0) this.#keep(after, page);
    return page;
  }

  #keep(after: Seq, page: LazyPage): void {
    this.#readPages.set(after, page);
    for (const oldest of this.#readPages.keys()) {
      if (this.#readPages.size <= keptPages) return;
      this.#readPages.delete(oldest);
    }
  }

  async isOver(): Promise<boolean> {
    if (!this.#finished && !this.ownedHere) this.#finished = await this.file.isFinished();
    if (this.#finished || this.file.isFrozen) return true;
    if (this.ownedHere) return false;
    // `look` checks an owner that lives. An owner that was dead may have a successor.
    if (this.#ownerDead !== false) this.#ownerDead = await this.#isOwnerDead();
    return this.#ownerDead;
  }

  async changed(after: Seq, signal: AbortSignal): Promise<void> {
    if (this.#knownHead > after || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        listener[Symbol.dispose]();
        if (this.#waiting.size === 0) this.#stopLooking();
        resolve();
      };
      this.#waiting.add(done);
      const listener = onAbort([signal], done);
      this.#timer ??= setInterval(() => this.#look(), lookEveryMs);
    });
  }

  close(): void {
    this.#wake();
    this.#stopLooking();
    this.file.close();
  }

  #look(): void {
    this.#looks += 1;
    if (!this.ownedHere && this.#looks % ownerEveryLooks === 0) this.#lookAtOwner().catch(() => undefined);
    try {
      const version = this.file.dataVersion();
      if (version === this.#knownVersion) return;
      this.#knownHead = this.file.headNow();
      this.#knownVersion = version;
    } catch {
      // Busy: the next check sees the change. Other errors: the next read reports them.
      return;
    }
    this.#wake();
  }

  async #lookAtOwner(): Promise<void> {
    this.#ownerDead = await this.#isOwnerDead();
    if (this.#ownerDead) this.#wake();
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }

  #stopLooking(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
