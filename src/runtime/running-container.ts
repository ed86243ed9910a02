/**
 * The interface to running containers that any tool started: Slipway, `kubectl`, a deployer, `docker compose`. The
 * part of a workload that holds for all of them. Implemented for the Docker API, for pods, and by the fake runtime. All
 * pass `test/contracts/running-container.contract.ts`.
 *
 * Nothing here stops or removes a container. Everything that waits ends with its signal. Statuses, restarts and logs
 * also end with the `watch` that found the container.
 */
import type { Failure } from '../model/outcome.ts';
import type { Cursor, Stream } from '../model/work.ts';
import type { Chunk, ExecIo, Exit, Files, Forward, Labels } from './container-io.ts';

/** Finds the containers of one platform. */
export interface RunningContainers {
  /**
   * Yields the containers that match, and those that appear and go later, until the signal. Then it ends without an
   * error. While the platform is unreachable or refuses, it retries without limit and reports that. Watches; never
   * polls. The containers follow their platform only as long as this signal, so keep iterating or abort it.
   *
   * Throws `RuntimeRefused` (`unsupported`) for a selector that the platform cannot use, and for no other reason.
   */
  watch(selector: ContainerSelector, signal: AbortSignal): AsyncIterable<ContainerChange>;
}

/** Which containers to find. All fields must match. */
export interface ContainerSelector {
  /** At least one, unless `all`. Each label has exactly this value, on the container or on its pod. */
  readonly labels: Labels;
  /** Also without labels: every container of `namespace`. The caller has another way to tell which ones it wants. */
  readonly all?: true;
  /** Only containers with this name (`ContainerRef.name`). */
  readonly container?: string;
  /** On clusters. Absent: the runtime's own. Ignored by platforms without namespaces. */
  readonly namespace?: string;
}

export type ContainerChange =
  /** In any state, also ended. Containers of one pod appear in the order in which they start. */
  | { readonly change: 'appeared'; readonly container: RunningContainer }
  /** It was removed, or no longer matches. Its status is `gone` from now on. */
  | { readonly change: 'gone'; readonly container: RunningContainer }
  /** All containers that match have appeared, and none is missed. The first time, and again after `disconnected`. */
  | { readonly change: 'connected' }
  /** Changes are not known until `connected`. Reported once. `failure`: `runtime-lost` or `forbidden`. */
  | { readonly change: 'disconnected'; readonly failure: Failure };

export interface ContainerRef {
  readonly runtime: string;
  /** Unique on the platform, and the same after a restart. */
  readonly id: string;
  /** The pod or the workload of Slipway that it belongs to. The container's own name if there is none. */
  readonly group: string;
  /** Unique in the group. */
  readonly name: string;
  /** On clusters. */
  readonly namespace?: string;
  readonly kind: ContainerKind;
  /** The object that made the pod and replaces it, such as a ReplicaSet. */
  readonly controller?: ControllerRef;
  /** Of the container, or of its pod. */
  readonly labels: Labels;
}

/** An object that controls another one, in the same namespace or in none (kubernetes.io, "Owners and Dependents"). */
export interface ControllerRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * When it runs: `app`, beside the others; `init`, before them; `sidecar`, an init container that keeps running;
 * `ephemeral`, added to a running group for debugging.
 */
export type ContainerKind = 'app' | 'init' | 'sidecar' | 'ephemeral';

/** One container. It may restart; then a new process has the same container. */
export interface RunningContainer {
  readonly ref: ContainerRef;
  /** Returns what the platform reported last. Never waits. */
  status(): ContainerStatus;
  /** Yields the status now and after each change. A slow reader gets the latest one. Ends after `gone`. */
  statuses(signal: AbortSignal): AsyncIterable<ContainerStatus>;
  /**
   * Yields the status after each restart from now on, as soon as the new process is known. Restarts that the platform
   * reports together, or that come while the reader is busy, are one. Ends when the container is gone.
   */
  restarted(signal: AbortSignal): AsyncIterable<ContainerStatus>;
  /**
   * Yields the output of all processes of the container from a position on, every byte once, in order. Goes on after an
   * end, because the container may restart. Ends when it is gone, when it can never run again, or on the signal.
   *
   * Output that the platform no longer keeps is a `lost` chunk: logs that were rotated away; on clusters, the output of
   * all processes but the last two.
   */
  logs(from: LogPosition, signal: AbortSignal): AsyncIterable<LogChunk>;
  /**
   * Runs a command. Resolves with the failure if the container does not run or is gone (`workload-deleted`), or the
   * platform is unreachable or refuses. Rejects with the signal's reason.
   */
  exec(argv: readonly string[], io: ExecIo): Promise<Exit>;
  readonly files: Files;
  /**
   * Opens a loopback port of this machine that forwards to `port` of the container. Survives restarts: each connection
   * goes to the process that runs then. Throws `RuntimeRefused` if the container cannot be reached from here.
   */
  forward(port: number): Promise<Forward>;
}

export interface ContainerStatus {
  readonly state: ContainerState;
  /** How the process before the last restart ended, if the platform knows. */
  readonly previousEnd?: ContainerEnd;
  /** How often the container was restarted, as far as the platform counts or this process has seen. */
  readonly restarts: number;
  /** It runs, and its health check or readiness probe succeeds if it has one. */
  readonly ready: boolean;
  /** As it was requested. */
  readonly image: string;
  /** The platform's id of the image, usually with a digest. Absent until the image is there. */
  readonly imageId?: string;
  /** The platform has begun to remove the group. */
  readonly leaving?: true;
}

export type ContainerState =
  /**
   * It has not started, or waits to be restarted. `reason` is the platform's own word: `ContainerCreating`,
   * `ImagePullBackOff`, `CrashLoopBackOff`, `created`, `restarting`.
   */
  | { readonly phase: 'waiting'; readonly reason: string; readonly detail?: string }
  /** `startedAt`: by the platform's clock, in milliseconds since 1970. */
  | { readonly phase: 'running'; readonly startedAt?: number }
  | ({ readonly phase: 'ended' } & ContainerEnd)
  | { readonly phase: 'gone' };

/** How a process ended. Times are by the platform's clock, in milliseconds since 1970. */
export interface ContainerEnd {
  readonly exitCode: number;
  /** `SIGKILL`. Absent if no signal ended it. */
  readonly signal?: string;
  /** The platform's own word: `OOMKilled`, `Error`, `Completed`. */
  readonly reason?: string;
  readonly detail?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
}

/**
 * A position in the output of a container. `{}` is the beginning. Give back the last `cursor` of each stream, and the
 * last `mark`. Cursors alone are exact as long as the platform keeps the whole output.
 */
export interface LogPosition {
  /**
   * Leaves out what was written before, by the platform's clock, in milliseconds since 1970. Cursors count from there,
   * so it stays the same for one log.
   */
  readonly since?: number;
  readonly cursors?: Partial<Record<Stream, Cursor>>;
  readonly mark?: string;
}

/**
 * Cursors count the bytes of all processes of the container. `mark` is text of the platform's own. `begins`: this is the
 * first output of another process, whose log is another one. A mark of the log before is of little use from here on.
 */
export type LogChunk = Chunk & { readonly mark?: string; readonly begins?: true };
