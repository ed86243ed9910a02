import type { Clock } from './clock.ts';

/** `combined`: where the platform merges stdout and stderr. */
export type Stream = 'stdout' | 'stderr' | 'combined';

/** Raw bytes of one stream since the container began, as the place that keeps them counts them. */
export type Cursor = number;

/**
 * What a piece of work is handed besides its specification. It never names an event: `recorded` turns this into events.
 */
export interface Work {
  /** Aborted with a `Cancelled` as its reason. Everything that waits takes it. */
  readonly signal: AbortSignal;
  readonly output: Output;
  readonly clock: Clock;
}

export interface Output {
  /**
   * At once while less than 8 MiB wait to be stored, else when the store has caught up: await it.
   * The bytes belong to the callee afterwards.
   * @param cursor position in the raw stream after these bytes, where the work goes on after a crash
   */
  write(stream: Stream, bytes: Uint8Array, cursor?: Cursor): void | Promise<void>;
  /** Bytes of the stream that are known to be gone. */
  lost(stream: Stream, detail: string, cursor?: Cursor): void;
  /** A fact that only the worker knows. Never waits; progress is coalesced to 4 a second and subject. */
  observe(fact: Observation): void;
}

/** Facts on the way; a closed union, so that every reporter can show each of them. */
export type Observation =
  | { readonly type: 'image.pulling'; readonly image: string; readonly current?: number; readonly total?: number }
  | { readonly type: 'image.pulled'; readonly image: string }
  /** `current` of `total` bytes. */
  | { readonly type: 'image.pushing'; readonly image: string; readonly current?: number; readonly total?: number }
  | { readonly type: 'image.pushed'; readonly image: string; readonly digest: string }
  | { readonly type: 'image.built'; readonly id: string }
  | { readonly type: 'workload.created'; readonly workload: string; readonly runtime: string }
  /** `startedAt`: see `WorkloadRef`. */
  | { readonly type: 'workload.started'; readonly workload: string; readonly startedAt?: number }
  | { readonly type: 'workload.adopted'; readonly workload: string }
  /**
   * What a failed start made and could not remove, or may have made; `slipway doctor --clean` finds it. `detail`: why
   * it is still there.
   */
  | { readonly type: 'workload.left'; readonly workload: string; readonly detail: string }
  /** Kept for `slipway shell`, by `--keep-failed`. */
  | { readonly type: 'workload.kept'; readonly workload: string }
  /** Why the command has not begun yet, as a clause: `waiting for a node: …`. It holds until the next fact. */
  | { readonly type: 'waiting'; readonly message: string }
  | { readonly type: 'workspace.filled'; readonly bytes: number }
  | { readonly type: 'cache.restored' | 'cache.saved'; readonly path: string; readonly bytes: number }
  | { readonly type: 'artifacts.collected'; readonly files: number; readonly bytes: number }
  | {
      readonly type: 'progress';
      readonly subject: string;
      readonly current: number;
      readonly total?: number;
      readonly unit?: 'bytes';
    }
  | { readonly type: 'noted'; readonly level: 'info' | 'warning'; readonly message: string };
