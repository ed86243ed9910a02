import type { WorkloadOutput } from '../events/run-state.ts';
import type { FollowedContainer, FollowedPosition, Stream } from '../model/work.ts';

/** How far the output of followed containers is stored. There is one object for each run. */
export class FollowedPositions {
  readonly #known = new Map<string, WorkloadOutput>();
  readonly #offsets = new Map<string, number>();

  /** @param known what earlier processes stored */
  constructor(known: readonly WorkloadOutput[] = []) {
    for (const output of known) {
      this.#known.set(keyOf(output), output);
      for (const [stream, { offset }] of Object.entries(output.streams))
        this.#offsets.set(`${stream} ${keyOf(output)}`, offset);
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
    const key = `${stream} ${keyOf(container)}`;
    const offset = this.#offsets.get(key) ?? 0;
    this.#offsets.set(key, offset + bytes.length);
    return offset;
  }
}

function keyOf({ workload, container }: FollowedContainer): string {
  return `${workload}\n${container}`;
}
