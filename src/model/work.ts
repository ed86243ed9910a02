import type { Clock } from './clock.ts';

/** `combined`: the platform merges stdout and stderr. */
export type Stream = 'stdout' | 'stderr' | 'combined';

/** The number of raw bytes of a stream since the container's start, as counted by the platform that stores them. */
export type Cursor = number;

/** The context of a piece of work. It has no events: `recorded` turns its calls into events. */
export interface Work {
  /** Aborted with a `Cancelled` as its reason. Everything that waits must respect it. */
  readonly signal: AbortSignal;
  readonly output: Output;
  readonly clock: Clock;
  /** Records the commands that the work runs on this machine. Absent: they are not found after a crash of Slipway. */
  readonly commands?: CommandRecord;
}

/** The record of commands on this machine, for processes that clean up after a crash. */
export interface CommandRecord {
  /** Stores that a command is about to start. Rejects with the system's error. */
  begin(): Promise<BegunCommand>;
}

export interface BegunCommand {
  /** Marks the command and all that it starts. Belongs into its environment. */
  readonly variable: { readonly name: string; readonly value: string };
  /** Stores the process of the command. Throws the system's error. */
  started(pid: number): void;
}

/** Names a container that the work follows, but did not start. */
export interface FollowedContainer {
  /** The pod, or the group of containers on an engine. Several namespaces: `NAMESPACE/POD`. */
  readonly workload: string;
  readonly container: string;
}

/** How far the output of a followed container is stored. */
export interface FollowedPosition {
  /** The platform's id of the container. Another container may have the same name later. */
  readonly id: string;
  /** What it wrote before was left out. In milliseconds since 1970. Cursors count from there. */
  readonly since?: number;
  /** A mark of the platform at or before the cursors (`LogChunk`). */
  readonly mark?: string;
  readonly cursors: Partial<Record<Stream, Cursor>>;
}

/**
 * The output of containers that the work follows, but did not start, such as those of a deploy. Each container has a log
 * of its own. It spans all steps and processes that follow it.
 */
export interface FollowedOutput {
  /** Returns where the stored output ends. Absent: nothing is stored, or it is no longer known. */
  position(container: FollowedContainer): FollowedPosition | undefined;
  /** See `Output.write`. */
  write(container: FollowedContainer, stream: Stream, bytes: Uint8Array, cursor?: Cursor): void | Promise<void>;
  /** See `Output.lost`. */
  lost(container: FollowedContainer, stream: Stream, detail: string, cursor?: Cursor): void;
}

export interface Output {
  /**
   * Writes output. Returns immediately while less than 8 MiB wait to be stored, otherwise when the store has caught up:
   * await it. The callee owns the bytes.
   * @param cursor the position after these bytes in the raw stream, where a resumed run continues
   */
  write(stream: Stream, bytes: Uint8Array, cursor?: Cursor): void | Promise<void>;
  /** Reports output that is known to be lost. */
  lost(stream: Stream, detail: string, cursor?: Cursor): void;
  /** Reports an observation. Never waits. Progress is limited to 4 events a second for each subject. */
  observe(fact: Observation): void;
}

/** The observations of running work. A closed union, so that every reporter can show each. */
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
   * A failed start could not remove this workload, or may have created it. `slipway doctor --clean` finds it. `detail`
   * says why it still exists.
   */
  | { readonly type: 'workload.left'; readonly workload: string; readonly detail: string }
  /** Kept by `--keep-failed` for `slipway shell`. */
  | { readonly type: 'workload.kept'; readonly workload: string }
  /** Why the command has not started yet: `waiting for a node: …`. Valid until the next observation. */
  | { readonly type: 'waiting'; readonly message: string }
  /** `object`: as `kubectl` names it. `reason`: why it was applied. */
  | {
      readonly type: 'object.applied';
      readonly object: string;
      readonly namespace?: string;
      readonly change: 'created' | 'changed';
      readonly reason?: string;
    }
  | { readonly type: 'object.removed'; readonly object: string; readonly namespace?: string }
  /** The state of a deployed resource. Valid until the next one of the same resource. */
  | {
      readonly type: 'resource.status';
      readonly resource: string;
      readonly namespace?: string;
      readonly status: 'inProgress' | 'succeeded' | 'failed';
      readonly message: string;
    }
  /**
   * A port of a deployed resource is open on this machine. `resource`: `service/web`. `port`: the resource's own.
   * `pod`: where connections go at first; absent while no pod is ready. `scheme`: absent if the port does not look like
   * HTTP. `instead`: the local port that was asked for.
   */
  | {
      readonly type: 'port.forwarded';
      readonly resource: string;
      readonly namespace?: string;
      readonly pod?: string;
      readonly port: number | string;
      readonly address: string;
      readonly localPort: number;
      readonly scheme?: 'http' | 'https';
      readonly instead?: { readonly of: number; readonly because: 'taken' | 'forbidden' };
    }
  /** The output of this container follows, or went on to the mark. `id`, `since`, `mark`: see `FollowedPosition`. */
  | {
      readonly type: 'container.followed';
      readonly workload: string;
      readonly container: string;
      readonly id: string;
      readonly since?: number;
      readonly mark?: string;
    }
  /** This container has ended for good, and its output is complete. Another one may have its name later. */
  | { readonly type: 'container.ended'; readonly workload: string; readonly container: string }
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
  | {
      readonly type: 'noted';
      readonly level: 'info' | 'warning';
      /** The code of a warning. Older logs have none. */
      readonly code?: string;
      readonly message: string;
    };
