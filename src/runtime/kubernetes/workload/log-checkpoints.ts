import type { Clock } from '../../../model/clock.ts';
import type { Cursor } from '../../../model/work.ts';
import { hasStatus } from '../../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../../clusters/api/cluster-client.ts';
import type { LogMark } from './log-position.ts';

/**
 * Stores the byte positions of some lines in the logs of one pod. They are hints: a reader that only knows a cursor
 * needs them to find its line if the first log file is gone.
 */
export interface LogCheckpoints {
  /** Returns the last mark at or before the cursor. */
  before(container: string, cursor: Cursor): LogMark | undefined;
  /** Offers a mark. Called often; the store keeps what it needs. `urgent`: earlier marks are useless now. */
  note(container: string, mark: LogMark, urgent: boolean): void;
  /** Called when the log has been read to its end. */
  done(container: string): void;
}

/** The minimum distance between marks. */
const everyBytes = 4 * 1024 * 1024;
const everyMs = 2_000;
/** The delay before the first mark. Most commands have ended by then. */
const firstAfterMs = 250;
/** The first line's mark plus the last ones. */
const kept = 4;

export const logAnnotation = 'slipway.dev/log';

/** Returns the marks of one container's log with one added. The first line's mark always stays. */
function withMark(marks: readonly LogMark[], mark: LogMark): readonly LogMark[] {
  const [first, ...rest] = [...marks.filter(({ cursor }) => cursor < mark.cursor), mark];
  return first === undefined ? [] : [first, ...rest.slice(-kept)];
}

function markBefore(marks: readonly LogMark[], cursor: Cursor): LogMark | undefined {
  return marks.findLast((mark) => mark.cursor <= cursor);
}

/**
 * Formats the annotation, `{"main":["0 1763739786.227790330 1", …]}`: cursor, time stamp, ordinal among lines with this
 * stamp.
 */
export function annotationOf(marks: ReadonlyMap<string, readonly LogMark[]>): string {
  return JSON.stringify(Object.fromEntries([...marks].map(([container, list]) => [container, list.map(markText)])));
}

/** Formats one mark: cursor, time stamp, ordinal among lines with this stamp. */
export function markText({ cursor, stamp, nth }: LogMark): string {
  return `${cursor} ${stamp.seconds}.${String(stamp.nanos).padStart(9, '0')} ${nth}`;
}

/** Parses one mark. Returns `undefined` if it is not valid. */
export function markOf(text: unknown): LogMark | undefined {
  const match = typeof text === 'string' ? /^(\d{1,15}) (\d{1,12})\.(\d{9}) ([1-9]\d{0,8})$/.exec(text) : null;
  return match === null
    ? undefined
    : {
        cursor: Number(match[1]),
        stamp: { seconds: Number(match[2]), nanos: Number(match[3]) },
        nth: Number(match[4]),
      };
}

/** Parses the annotation. Skips invalid entries: other clients may write to the pod. */
export function marksOf(annotation: string | undefined): Map<string, readonly LogMark[]> {
  const marks = new Map<string, readonly LogMark[]>();
  for (const [container, list] of Object.entries(parsed(annotation))) {
    if (!Array.isArray(list)) continue;
    const all = list.flatMap((text: unknown) => markOf(text) ?? []);
    if (all.length > 0)
      marks.set(
        container,
        all.sort((a, b) => a.cursor - b.cursor),
      );
  }
  return marks;
}

function parsed(annotation: string | undefined): object {
  try {
    const value: unknown = JSON.parse(annotation ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Keeps the marks in this process. */
export class MemoryCheckpoints implements LogCheckpoints {
  readonly marks = new Map<string, readonly LogMark[]>();

  before(container: string, cursor: Cursor): LogMark | undefined {
    return markBefore(this.marks.get(container) ?? [], cursor);
  }

  note(container: string, mark: LogMark, urgent: boolean): void {
    const marks = this.marks.get(container) ?? [];
    const last = marks.at(-1);
    if (last === undefined || urgent || mark.cursor >= last.cursor + everyBytes)
      this.marks.set(container, withMark(marks, mark));
  }

  done(): void {
    // The marks serve later readers.
  }
}

export interface PodCheckpointsSource {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly namespace: string;
  readonly pod: string;
  /** The annotation that an earlier process wrote. */
  readonly annotation: string | undefined;
}

/** Keeps the marks in an annotation of the pod, so that another process finds them. */
export class PodCheckpoints implements LogCheckpoints, Disposable {
  readonly #memory = new MemoryCheckpoints();
  readonly #closing = new AbortController();
  /** Containers whose logs are being read. */
  readonly #open = new Set<string>();
  #unsaved = false;
  #urgent = false;
  #saving = false;
  /** Set if the cluster refuses the write. A later process then cannot resume a rotated log exactly. */
  #refused = false;
  readonly #source: PodCheckpointsSource;

  constructor(source: PodCheckpointsSource) {
    this.#source = source;
    for (const [container, marks] of marksOf(source.annotation)) this.#memory.marks.set(container, marks);
  }

  before(container: string, cursor: Cursor): LogMark | undefined {
    return this.#memory.before(container, cursor);
  }

  note(container: string, mark: LogMark, urgent: boolean): void {
    const before = this.#memory.marks.get(container);
    this.#memory.note(container, mark, urgent);
    if (this.#memory.marks.get(container) === before || this.#refused) return;
    this.#open.add(container);
    this.#unsaved = true;
    this.#urgent ||= urgent;
    if (!this.#saving) void this.#save(before === undefined ? firstAfterMs : 0);
  }

  done(container: string): void {
    this.#open.delete(container);
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
  }

  /** Writes until everything is written, with pauses. Never rejects: marks are hints. */
  async #save(afterMs: number): Promise<void> {
    this.#saving = true;
    const { signal } = this.#closing;
    try {
      for (let pause = afterMs; this.#unsaved && !this.#refused; pause = everyMs) {
        if (!this.#urgent) await this.#source.clock.sleep(pause, signal);
        if (this.#open.size === 0) return;
        this.#unsaved = this.#urgent = false;
        await this.#write(signal);
      }
    } catch {
      // The object was disposed.
    } finally {
      this.#saving = false;
    }
  }

  async #write(signal: AbortSignal): Promise<void> {
    const { client, namespace, pod } = this.#source;
    try {
      await client.json('PATCH', `/api/v1/namespaces/${namespace}/pods/${pod}`, {
        body: { metadata: { annotations: { [logAnnotation]: annotationOf(this.#memory.marks) } } },
        contentType: 'application/merge-patch+json',
        signal,
      });
    } catch (error) {
      if (hasStatus(error, 403)) this.#refused = true;
      else if (!hasStatus(error, 404)) this.#unsaved = true;
    }
  }
}
