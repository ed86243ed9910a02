/**
 * Tells the index what one writer has committed: at once after a pause, otherwise 50 times a second. The writer is
 * listed, so nothing is missed if it dies before it tells.
 */
import type { Seq } from '../../events/event.ts';
import type { RunId } from '../../model/ids.ts';
import type { ChangeTable, WriterId } from './change-table.ts';

/** With the time until other processes look, below 50 ms. */
const everyMs = 20;
/** After a failure. */
const retryMs = 1_000;

export class ChangeNotifier {
  #head: Seq = 0;
  #told: Seq = 0;
  #telling: Promise<void> | undefined;
  #pause: NodeJS.Timeout | undefined;
  readonly #table: ChangeTable;
  readonly #run: RunId;
  readonly #writer: { readonly id: WriterId; readonly epoch?: number };
  readonly #onTold: () => void;

  /**
   * @param writer with its epoch, if it is an owner
   * @param onTold called after each change of the index
   */
  constructor(
    table: ChangeTable,
    run: RunId,
    writer: { readonly id: WriterId; readonly epoch?: number },
    onTold: () => void,
  ) {
    this.#table = table;
    this.#run = run;
    this.#writer = writer;
    this.#onTold = onTold;
  }

  /** Called after a commit. Does not wait. */
  appended(head: Seq): void {
    this.#head = Math.max(this.#head, head);
    if (this.#pause !== undefined || this.#telling !== undefined) return;
    this.#startPause(everyMs);
    void this.#tell(false);
  }

  /** Tells the rest. Never rejects: what could not be told is looked up once this process has ended. */
  async flush(): Promise<void> {
    await this.#telling;
    if (this.#told < this.#head) await this.#tell(false);
  }

  /** Tells the rest, and that this writer commits no more. */
  async close(): Promise<void> {
    clearTimeout(this.#pause);
    await this.#telling;
    await this.#tell(true);
    clearTimeout(this.#pause);
  }

  #startPause(ms: number): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (this.#told < this.#head) this.appended(this.#head);
    }, ms).unref();
  }

  async #tell(done: boolean): Promise<void> {
    const head = this.#head;
    // A run without events has nothing to tell.
    if (head === 0 && !done) return;
    this.#telling = this.#table.tell(this.#run, head, done ? this.#writer : undefined).then(
      () => {
        this.#told = Math.max(this.#told, head);
        this.#onTold();
      },
      () => this.#startPause(retryMs),
    );
    await this.#telling;
    this.#telling = undefined;
    // Committed meanwhile, and the pause ended before the index could be written.
    if (!done && this.#told < this.#head && this.#pause === undefined) this.#startPause(everyMs);
  }
}
