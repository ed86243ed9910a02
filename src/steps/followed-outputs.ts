import type { OutputEvent } from '../events/event.ts';
import type { WorkloadOutput } from '../events/run-state.ts';
import type { EventSink } from '../events/sink.ts';
import type { Cursor, FollowedContainer, FollowedOutput, FollowedPosition, Stream } from '../model/work.ts';

/** Records the output of containers that steps follow. There is one object for each run. */
export class FollowedOutputs implements FollowedOutput {
  readonly #known = new Map<string, WorkloadOutput>();
  readonly #offsets = new Map<string, number>();
  readonly #sink: EventSink;

  /** @param known what earlier processes stored */
  constructor(sink: EventSink, known: readonly WorkloadOutput[] = []) {
    this.#sink = sink;
    for (const output of known) {
      this.#known.set(keyOf(output), output);
      for (const [stream, { offset }] of Object.entries(output.streams))
        this.#offsets.set(`${stream} ${keyOf(output)}`, offset);
    }
  }

  position(container: FollowedContainer): FollowedPosition | undefined {
    const known = this.#known.get(keyOf(container));
    if (known?.id === undefined) return undefined;
    const { id, since, streams } = known;
    const cursors = Object.fromEntries(Object.entries(streams).map(([stream, { cursor }]) => [stream, cursor]));
    return { id, ...(since !== undefined && { since }), cursors };
  }

  write(
    { workload, container }: FollowedContainer,
    stream: Stream,
    bytes: Uint8Array,
    cursor?: Cursor,
  ): void | Promise<void> {
    if (bytes.length === 0) return;
    const key = `${stream} ${keyOf({ workload, container })}`;
    const offset = this.#offsets.get(key) ?? 0;
    this.#offsets.set(key, offset + bytes.length);
    const event: OutputEvent = { type: 'output', from: { workload, container }, stream, offset, bytes };
    return this.#sink.write(cursor === undefined ? event : { ...event, cursor });
  }

  lost({ workload, container }: FollowedContainer, stream: Stream, detail: string, cursor?: Cursor): void {
    const from = { workload, container };
    this.#sink.emit({ type: 'output.lost', from, stream, detail, ...(cursor !== undefined && { cursor }) });
  }
}

function keyOf({ workload, container }: FollowedContainer): string {
  return `${workload}\n${container}`;
}
