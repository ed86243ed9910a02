/**
 * Output, commands, files and connections of a container. Shared by workloads (`runtime.ts`) and containers that other
 * tools started (`running-container.ts`).
 */
import type { Failure } from '../model/outcome.ts';
import type { Cursor, Stream } from '../model/work.ts';

export type Labels = Readonly<Record<string, string>>;

export type Exit =
  | { readonly code: number; readonly signal?: string; readonly at?: number }
  /**
   * `out-of-memory`, `container-failed`, `runtime-lost`, `workload-deleted`, `workload-restarted`, `disk-full`,
   * `evicted`, `node-lost`, `timed-out`; `start-failed` if only the end shows that there was no such program.
   */
  | { readonly failure: Failure; readonly at?: number };

/**
 * `cursor`: the position in the stream after this chunk. A lost chunk stands for bytes that cannot be read any longer.
 * The cursor counts them.
 */
export type Chunk =
  | { readonly stream: Stream; readonly bytes: Uint8Array; readonly cursor: Cursor }
  | { readonly stream: Stream; readonly lost: string; readonly cursor: Cursor };

export interface ExecIo {
  readonly stdin?: AsyncIterable<Uint8Array>;
  stdout?(bytes: Uint8Array): void | Promise<void>;
  stderr?(bytes: Uint8Array): void | Promise<void>;
  readonly signal: AbortSignal;
}

/** The files of one container. Throws `RuntimeRefused`: the platform or the container's image cannot do it. */
export interface Files {
  /**
   * Unpacks a tar into a folder, which must exist. Entries keep their modes, and their owners if the container's user
   * may set them. Replaces files, and merges folders. After an error, some entries may be in place.
   */
  copyIn(tar: AsyncIterable<Uint8Array>, directory: string, signal: AbortSignal): Promise<void>;
  /**
   * Returns a tar of `path` as the container sees it (`/mnt/repo/dist`). Entry names start with the path's last
   * component. Returns `undefined` if there is no such path. A link at `path` itself is an entry and is not followed.
   */
  copyOut(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  /**
   * Deletes files and folders with everything below, by one command in the container. Not an error if they are gone.
   * Paths are absolute. Deletes the others if some cannot be deleted.
   */
  remove(paths: readonly string[], signal: AbortSignal): Promise<void>;
}

export interface Forward extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /**
   * Calls back with the system's error each time this machine cannot accept a connection, such as `EMFILE`. The port
   * stays open.
   */
  onRefused(listener: (error: Error) => void): void;
}
