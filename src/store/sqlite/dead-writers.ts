import type { Seq } from '../../events/event.ts';
import type { Clock } from '../../model/clock.ts';
import type { RunId } from '../../model/ids.ts';
import { doubledMs } from '../../util/doubled-ms.ts';
import type { ChangeTable, Writer } from './change-table.ts';

export interface DeadWriterParts {
  readonly changes: Pick<ChangeTable, 'writers' | 'settle'>;
  readonly clock: Pick<Clock, 'now'>;
  /** For use in a transaction of the index. */
  readonly isDead: (writer: Writer) => boolean;
  /**
   * Returns the number of the run's last event; `undefined` if the run is gone. Rejects at once if the log cannot be read
   * now.
   */
  readonly head: (run: RunId) => Promise<Seq | undefined>;
}

/** Before another look at a log that could not be read. Doubled each time. */
const firstPauseMs = 250;
export const longestPauseMs = 5_000;

interface Pause {
  readonly tries: number;
  readonly since: number;
}

/** Writes into the index what writers that died committed to their logs, and left out of the index. */
export class DeadWriters {
  /** Of writers whose log could not be read. */
  #pauses: ReadonlyMap<string, Pause> = new Map();
  readonly #parts: DeadWriterParts;

  constructor(parts: DeadWriterParts) {
    this.#parts = parts;
  }

  /** Reports whether it changed the index. Never rejects. A log that cannot be read does not hold up the others. */
  async settle(signal: AbortSignal): Promise<boolean> {
    const { changes, clock } = this.#parts;
    const pauses = new Map<string, Pause>();
    let settled = false;
    for (const writer of await changes.writers().catch(() => [])) {
      if (signal.aborted) return settled;
      const key = `${writer.run} ${writer.id}`;
      const pause = this.#pauses.get(key);
      if (pause !== undefined && isPaused(pause, clock.now())) {
        pauses.set(key, pause);
        continue;
      }
      try {
        settled = (await this.#settleOne(writer)) || settled;
      } catch {
        // The log could not be read, or the index not written.
        pauses.set(key, { tries: (pause?.tries ?? 0) + 1, since: clock.now() });
      }
    }
    this.#pauses = pauses;
    return settled;
  }

  async #settleOne(writer: Writer): Promise<boolean> {
    const { changes, isDead, head } = this.#parts;
    if (!isDead(writer)) return false;
    const seq = await head(writer.run);
    await changes.settle(writer, seq, () => isDead(writer));
    return true;
  }
}

/** A clock that was set back ends the pause. */
function isPaused({ tries, since }: Pause, now: number): boolean {
  return now >= since && now - since < doubledMs(tries - 1, firstPauseMs, longestPauseMs);
}
