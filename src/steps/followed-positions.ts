import type { WorkloadOutput } from '../events/run-state.ts';
import type { FollowedContainer, FollowedPosition, Stream } from '../model/work.ts';

/** Names of containers that have ended, such as `db-0`, come again. Those of most pods never do. */
const keptEnded = 200;

/** How far the output of followed containers is stored. There is one object for each run. */
export class FollowedPositions {
  readonly #known = new Map<string, WorkloadOutput>();
  /** By container, then by stream. */
  readonly #offsets = new Map<string, Map<string, number>>();
  /** The oldest first. */
  readonly #ended = new Set<string>();

  /** @param known what earlier processes stored */
  constructor(known: readonly WorkloadOutput[] = []) {
    for (const output of known) {
      this.#known.set(keyOf(output), output);
      const offsets = Object.entries(output.streams).map(([stream, { offset }]) => [stream, offset] as const);
      this.#offsets.set(keyOf(output), new Map(offsets));
    }
  }

  /** Returns what earlier processes stored. See `FollowedOutput`. */
  of(container: FollowedContainer): FollowedPosition | undefined {
    const known = this.#known.get(keyOf(container));
    if (known?.id === undefined) return undefined;
    const { id, since, mark, streams } = known;
    const cursors = Object.fromEntries(Object.entries(streams).map(([stream, { cursor }]) => [stream, cursor]));
    return { id, ...(since !== undefined && { since }), ...(mark !== undefined && { mark }), cursors };
  }

  /** Counts bytes of a container. @returns how many were counted before */
  add(container: FollowedContainer, stream: Stream, bytes: Uint8Array): number {
    const key = keyOf(container);
    this.#ended.delete(key);
    const offsets = this.#offsets.get(key) ?? new Map<string, number>();
    this.#offsets.set(key, offsets);
    const offset = offsets.get(stream) ?? 0;
    offsets.set(stream, offset + bytes.length);
    return offset;
  }

  /** Forgets a container once many others have ended after it. Without that, each pod of a long run would stay. */
  ended(container: FollowedContainer): void {
    const key = keyOf(container);
    this.#ended.delete(key);
    this.#ended.add(key);
    const [oldest = key] = this.#ended;
    if (this.#ended.size <= keptEnded) return;
    this.#ended.delete(oldest);
    this.#offsets.delete(oldest);
    this.#known.delete(oldest);
  }
}

function keyOf({ workload, container }: FollowedContainer): string {
  return `${workload}\n${container}`;
}
