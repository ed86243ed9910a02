import type { ConfirmOwner } from '../model/ownership.ts';
/**
 * The pod facade: where containers run. `docker/` (Docker and Podman over the Docker API), `kubernetes/` (pods),
 * `host/` (plain processes), `fake/` (tests); all pass `test/contracts/runtime.contract.ts`.
 *
 * A runtime knows workloads, containers, bytes and exit codes. It knows nothing of steps, events, stores or the
 * configuration. What it cannot do because of the world is a value (`Outcome`, `Exit` with a failure), or where there
 * is none a `RuntimeRefused`, which carries it; any other throw is a bug of ours. Everything that waits ends soon after
 * its signal.
 */
import type { Failure, Outcome } from '../model/outcome.ts';
import type { ImageBuilder } from './image-builder.ts';
import type { TarSource } from '../model/tree.ts';
import type { Cursor, Stream, Work } from '../model/work.ts';

export type Labels = Readonly<Record<string, string>>;

/** The keys that everything started carries (docs/design/architecture.md, "What is started can be found"). */
export const labelKeys = {
  store: 'slipway.dev/store',
  run: 'slipway.dev/run',
  step: 'slipway.dev/step',
  attempt: 'slipway.dev/attempt',
  lifetime: 'slipway.dev/lifetime',
} as const;

/** Finds out whether there is such a runtime here; one per word of `--on`. */
export interface RuntimeProvider {
  readonly kind: string;
  /** Never takes longer than a few seconds. */
  connect(signal: AbortSignal): Promise<Connection>;
}

export type Connection =
  | { readonly status: 'connected'; readonly runtime: Runtime }
  | {
      readonly status: 'unavailable';
      /** Where it was looked for, with what was found there. */
      readonly looked: readonly { readonly where: string; readonly result: string }[];
      /** Commands or sentences, the likeliest first. */
      readonly advice: readonly string[];
    };

export interface Runtime extends AsyncDisposable {
  readonly kind: string;
  /** For people: `Docker 20.10.24`, `Podman 4.3.1`, `this host`. */
  readonly engine: string;
  /** Absent where images cannot be built. */
  readonly images?: ImageBuilder;
  /** Why they cannot, and what to do, where it is something that was set; for people, without what is refused. */
  readonly withoutImages?: { readonly because: string; readonly advice: string };
  /**
   * Pulls, makes, fills volumes, starts, in that order; observes what it waits for. Failures: `image-unavailable`,
   * `start-failed`, `disk-full`, `runtime-lost`, `unsupported`, and of clusters `unschedulable`, `quota-exceeded`,
   * `forbidden`, `evicted`, `node-lost`. Unless it succeeds nothing is left behind; what could not be removed, or may
   * have been made, is observed as `workload.left`. A workload of the same name that somebody left half made is removed
   * first; one that runs is refused (`internal`). Cancelled by `work.signal`; work after the start is not: it is
   * stopped with `stop`.
   */
  start(spec: WorkloadSpec, work: Work): Promise<Outcome<Workload>>;
  /** What runs of any process left or still use, that carries all of these labels. Throws `RuntimeRefused`. */
  find(labels: Labels, signal: AbortSignal): AsyncIterable<WorkloadRef>;
  /**
   * Goes on with a workload that another process started, in whatever state it is. One that never began to run is
   * started if it is complete, which only its maker knows: so it is removed and `start-failed` is returned.
   * `workload-deleted` if it is gone; `workload-restarted` if it did not start at `ref.startedAt`; `runtime-lost` where
   * it cannot be adopted (processes of the host).
   */
  adopt(ref: WorkloadRef, work: Work): Promise<Outcome<Workload>>;
  /** Stops and removes with all that belongs to it; no error if it is gone already. Throws `RuntimeRefused`. */
  remove(ref: WorkloadRef, graceMs: number): Promise<void>;
  /**
   * Only where workloads are folders and processes of this machine, which cannot be adopted: where a shell of a kept
   * one would start, so that the command line runs it in the user's own terminal. `undefined`: it is gone.
   */
  localShell?(ref: WorkloadRef): Promise<LocalShell | undefined>;
  /**
   * Returns a runtime of the same connections that calls `confirm` directly before each request or signal that changes
   * something, also in the middle of a start and after the grace of a stop. What `confirm` throws rejects the call;
   * nothing is undone then. Dispose one of both.
   */
  whileOwned(confirm: ConfirmOwner): Runtime;
}

export interface LocalShell {
  readonly directory: string;
  /** What its commands saw of the environment, without that of their own specification. */
  readonly env: Readonly<Record<string, string>>;
}

export interface WorkloadSpec {
  /** A DNS label, at most 63 characters; a pure function of run, step and attempt, so that a crash orphans nothing. */
  readonly name: string;
  readonly labels: Labels;
  /** For people: any texts by keys like those of labels; nothing is found by them. */
  readonly annotations?: Labels;
  /** `step`, `run`: gone at the latest with it; `kept`: a deployed workload, left alone by `doctor`. */
  readonly lifetime: 'step' | 'run' | 'kept';
  /** Run one after the other before the others start. */
  readonly initContainers?: readonly ContainerSpec[];
  /** Started together, sharing network and volumes. */
  readonly containers: readonly ContainerSpec[];
  readonly volumes: readonly VolumeSpec[];
  /**
   * `engine`: its containers are on the network of the engine's own machine, for what is reached by no other address (a
   * cluster on 127.0.0.1); absent: one of their own. Says nothing to runtimes without networks of their own.
   */
  readonly network?: 'engine';
  /** The account that it runs as, where the platform has such; absent: none of its permissions are handed to it. */
  readonly serviceAccount?: string;
  readonly pull: 'missing' | 'always' | 'never';
}

export interface ContainerSpec {
  /** Unique in the workload, init containers included. */
  readonly name: string;
  /** Ignored by runtimes without images. */
  readonly image: string;
  /** Replaces the image's entrypoint and command. */
  readonly command: readonly Argument[];
  readonly workingDirectory?: Argument;
  readonly env: Readonly<Record<string, Argument>>;
  readonly mounts: readonly { readonly volume: string; readonly path: string }[];
  readonly memoryBytes?: number;
}

/**
 * A text as it is, or the place of something in a volume: only the runtime knows where it mounts that (`host` has no
 * `/mnt/repo`). `before` is put directly before the place: `key=`.
 */
export type Argument = string | { readonly volume: string; readonly path: string; readonly before?: string };

export interface VolumeSpec {
  readonly name: string;
  /**
   * Laid one over the other, in place before the first command of a container that mounts it; files belong to that
   * container's user.
   */
  readonly content: readonly TarSource[];
  /** Small, and may hold secrets: kept in memory where the platform can, never on its disks. */
  readonly confidential?: true;
}

export interface WorkloadRef {
  readonly runtime: string;
  /** The runtime's own id. */
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  /** `created`: never began to run. */
  readonly state: 'created' | 'running' | 'exited';
  readonly createdAt?: number;
  /**
   * When its first container began to run, by the platform's clock, in milliseconds since 1970. A different time means
   * that somebody else restarted the container. Absent where the platform never restarts containers, and in what `find`
   * lists.
   */
  readonly startedAt?: number;
}

export interface Workload extends AsyncDisposable {
  readonly ref: WorkloadRef;
  /**
   * When the container has ended, as early as the engine lets it be known. Never rejects; may be called again.
   * Only the end of the process that `start` started counts: if somebody else restarts the container, that is
   * `workload-restarted`.
   */
  exited(container: string): Promise<Exit>;
  /** When commands could be run in it. Rejects with the signal's reason. */
  ready(container: string, signal: AbortSignal): Promise<void>;
  /**
   * The output from these cursors (absent: from the start) to the container's end, every byte once; ends early with the
   * signal, or when the runtime is lost. The order between the streams is that in which the engine handed them over.
   */
  logs(container: string, from: Partial<Record<Stream, Cursor>>, signal: AbortSignal): AsyncIterable<Chunk>;
  /** In a running container. */
  exec(container: string, argv: readonly string[], io: ExecIo): Promise<Exit>;
  /** An interactive process with the container's files, also after it has exited. */
  open(container: string, argv: readonly string[], terminal: Terminal): Promise<Exit>;
  copyIn(container: string, tar: AsyncIterable<Uint8Array>, directory: string): Promise<void>;
  /**
   * A tar of `path` as the container sees it (`/mnt/repo/dist`), its entries named from the path's last component on;
   * also after it exited, until disposed. `undefined`: there is no such path. A link at `path` itself is an entry, not
   * followed. Throws `RuntimeRefused`.
   */
  copyOut(container: string, path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** A loopback port of this machine that leads to `port` of the workload. */
  forward(port: number): Promise<Forward>;
  /**
   * Asks every container to end (SIGTERM), after the grace forces it; resolves when they have ended. May be called
   * again, with less grace too.
   */
  stop(graceMs: number): Promise<void>;
  /** Removes it, at once if it still runs. May be called again. */
  [Symbol.asyncDispose](): Promise<void>;
}

export type Exit =
  | { readonly code: number; readonly signal?: string; readonly at?: number }
  /**
   * `out-of-memory`, `container-failed`, `runtime-lost`, `workload-deleted`, `workload-restarted`, `disk-full`,
   * `evicted`, `node-lost`, `timed-out`; `start-failed` where only the end tells that there was no such program.
   */
  | { readonly failure: Failure; readonly at?: number };

/**
 * `cursor`: of its stream, after this chunk. A lost chunk has bytes that nobody can give any more, counted by the
 * cursor.
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

export interface Terminal {
  /**
   * Whether somebody sits at it. Otherwise the input is a pipe or a file, and its end is the end of the program's
   * input.
   */
  readonly interactive: boolean;
  readonly input: AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): void | Promise<void>;
  readonly size: { readonly columns: number; readonly rows: number };
  onResize(changed: (size: { columns: number; rows: number }) => void): Disposable;
  readonly signal: AbortSignal;
}

export interface Forward extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}
