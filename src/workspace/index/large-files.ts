import type { Stats } from 'node:fs';
import { hashSlowly, isGone } from './hash-path.ts';

/** Files of this size take more than a turn of the event loop. */
const largeBytes = 4 << 20;

/** A file that was hashed, with its metadata from before. */
interface Hashed {
  readonly stat: Stats;
  /** When the metadata was read: milliseconds since 1970. */
  readonly now: number;
  /** Absent: the file was gone. */
  readonly hash: Uint8Array | undefined;
}

/**
 * The large files of one look at a folder. A look at one folder does not yield, so that nothing changes within it. It leaves large
 * files here, and is repeated when they are hashed.
 */
export class LargeFiles {
  readonly #hashed = new Map<string, Hashed>();
  readonly #waiting: (readonly [string, Stats, number])[] = [];

  get areWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Returns what was hashed. */
  get(path: string): Hashed | undefined {
    return this.#hashed.get(path);
  }

  /** Reports whether a file is large, and notes it if it is. */
  take(path: string, stat: Stats, now: number): boolean {
    if (stat.size < largeBytes || !stat.isFile()) return false;
    this.#waiting.push([path, stat, now]);
    return true;
  }

  /** Hashes all that wait. Shares the event loop, and throws the signal's reason. */
  async hash(signal: AbortSignal): Promise<void> {
    for (const [path, stat, now] of this.#waiting.splice(0))
      this.#hashed.set(path, { stat, now, hash: await hashUnlessGone(path, stat, signal) });
  }
}

async function hashUnlessGone(path: string, stat: Stats, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    return await hashSlowly(path, stat, signal);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
