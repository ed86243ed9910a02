/**
 * The interface to the platforms that run containers: `docker/` (Docker and Podman over the Docker API), `kubernetes/`
 * (pods), `host/` (plain processes), `fake/` (tests). All pass `test/contracts/runtime.contract.ts`.
 *
 * A runtime handles workloads, containers, bytes and exit codes. It knows nothing of steps, events, stores or the
 * configuration. A failure outside Slipway is a value (`Outcome`, or `Exit` with a failure), or a thrown
 * `RuntimeRefused` that carries the value. Any other throw is a bug. Everything that waits ends soon after its signal.
 */
import type { PodTemplate } from '../model/kubernetes-settings.ts';
import type { ConfirmOwner } from '../model/ownership.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Chunk, ExecIo, Exit, Files, Forward, Labels } from './container-io.ts';
import type { ImageBuilder } from './image-builder.ts';
import type { LocalDeployments } from './local-deployments.ts';
import type { RunningContainers } from './running-container.ts';
import type { TargetCluster } from './target-cluster.ts';
import type { TarSource } from '../model/tree.ts';
import type { Cursor, Stream, Work } from '../model/work.ts';

export type { Chunk, ExecIo, Exit, Files, Forward, Labels } from './container-io.ts';

/** The label keys of everything that Slipway starts (docs/design/architecture.md, "What is started can be found"). */
export const labelKeys = {
  store: 'slipway.dev/store',
  run: 'slipway.dev/run',
  step: 'slipway.dev/step',
  attempt: 'slipway.dev/attempt',
  lifetime: 'slipway.dev/lifetime',
} as const;

/** Connects to one kind of runtime, if it exists here. There is one provider for each value of `--on`. */
export interface RuntimeProvider {
  readonly kind: string;
  /** Connects. Takes a few seconds at most. */
  connect(signal: AbortSignal): Promise<Connection>;
}

export type Connection =
  | { readonly status: 'connected'; readonly runtime: Runtime }
  | {
      readonly status: 'unavailable';
      /** The places that were searched, with the result for each. */
      readonly looked: readonly { readonly where: string; readonly result: string }[];
      /** Commands or sentences, the most likely first. */
      readonly advice: readonly string[];
    };

export interface Runtime extends AsyncDisposable {
  readonly kind: string;
  /** For display: `Docker 20.10.24`, `Podman 4.3.1`, `this host`. */
  readonly engine: string;
  /** Absent if this runtime cannot build images. */
  readonly images?: ImageBuilder;
  /** The cluster that objects are deployed to. Absent on runtimes that are no cluster. */
  readonly cluster?: TargetCluster;
  /** Runs manifests without a cluster. Absent on runtimes that are no engine of containers. */
  readonly deployments?: LocalDeployments;
  /** Finds running containers that any tool started. Absent on runtimes without containers. */
  readonly running?: RunningContainers;
  /**
   * Why images cannot be built because of a setting or a missing one, and what to do. For display. Absent also on
   * runtimes that never build images.
   */
  readonly withoutImages?: { readonly because: string; readonly advice: string };
  /**
   * Pulls images, creates containers, fills volumes and starts the workload, in that order. Observes what it waits for.
   *
   * If the start fails, it removes everything that it created. Observes as `workload.left` what it could not remove, or
   * may have created. First removes a half-created workload of the same name. Refuses (`internal`) if a workload of
   * that name runs. `work.signal` cancels the start only; use `stop` after the start.
   *
   * Failures: `image-unavailable`, `start-failed`, `disk-full`, `runtime-lost`, `unsupported`; on clusters also
   * `unschedulable`, `quota-exceeded`, `forbidden`, `evicted`, `node-lost`.
   */
  start(spec: WorkloadSpec, work: Work): Promise<Outcome<Workload>>;
  /** Yields the workloads of any process that carry all these labels. Throws `RuntimeRefused`. */
  find(labels: Labels, signal: AbortSignal): AsyncIterable<WorkloadRef>;
  /**
   * Adopts a workload that another process started, in whatever state it is. A workload that never began to run may be
   * incomplete, so it is removed.
   * Failures: `start-failed` if it never began; `workload-deleted` if it is gone; `workload-restarted` if it did not
   * start at `ref.startedAt`; `runtime-lost` if it cannot be adopted (processes of the host).
   */
  adopt(ref: WorkloadRef, work: Work): Promise<Outcome<Workload>>;
  /**
   * Stops and removes a workload with everything that belongs to it. Not an error if it is gone. Throws
   * `RuntimeRefused`.
   */
  remove(ref: WorkloadRef, graceMs: number): Promise<void>;
  /**
   * Returns where a shell in a kept workload starts, so that the command line runs it in the user's own terminal. Only
   * for runtimes whose workloads are folders and processes of this machine. Returns `undefined` if the workload is
   * gone.
   */
  localShell?(ref: WorkloadRef): Promise<LocalShell | undefined>;
  /**
   * Returns a runtime with the same connections. It calls `confirm` directly before each request or signal that changes
   * something, also in the middle of a start and after the grace period of a stop. If `confirm` throws, the call
   * rejects and undoes nothing. Dispose only one of the two runtimes.
   */
  whileOwned(confirm: ConfirmOwner): Runtime;
}

export interface LocalShell {
  readonly directory: string;
  /** The environment of the workload's commands, without that of their own specification. */
  readonly env: Readonly<Record<string, string>>;
}

export interface WorkloadSpec {
  /** A DNS label of at most 63 characters. A pure function of run, step and attempt, so a crash orphans nothing. */
  readonly name: string;
  readonly labels: Labels;
  /** For display: any texts, with keys like those of labels. `find` ignores them. */
  readonly annotations?: Labels;
  /**
   * `step`, `run`: removed with the step or the run at the latest. `kept`: a deployed workload, which `doctor` leaves
   * alone.
   */
  readonly lifetime: 'step' | 'run' | 'kept';
  /** Run one after the other before `containers` start. */
  readonly initContainers?: readonly ContainerSpec[];
  /** Start together and share the network and the volumes. */
  readonly containers: readonly ContainerSpec[];
  readonly volumes: readonly VolumeSpec[];
  /**
   * `engine`: the containers use the network of the engine's machine, for addresses that are reachable only there (a
   * cluster on 127.0.0.1). `{ name }`: a network that the engine has; platforms without named networks refuse it
   * (`unsupported`). Absent: they have their own network. `engine` is ignored by runtimes without networks.
   */
  readonly network?: 'engine' | { readonly name: string };
  /** The platform's account for the workload. Absent: the workload gets no permissions. */
  readonly serviceAccount?: string;
  /** On clusters: merged over the operator's template of pods. */
  readonly template?: PodTemplate;
  /** On clusters: the image of the helper container, instead of the operator's. */
  readonly helperImage?: string;
  readonly pull: 'missing' | 'always' | 'never';
}

export interface ContainerSpec {
  /** Unique in the workload, init containers included. */
  readonly name: string;
  /** Ignored by runtimes without images. */
  readonly image: string;
  /** Replaces the image's entrypoint and command. */
  readonly command: readonly Argument[];
  /**
   * `image`: the image's entrypoint stays, and `command` replaces only the image's command. An empty one replaces
   * nothing. Engines only; platforms that put a program of their own before each command refuse it (`unsupported`).
   */
  readonly entrypoint?: 'image';
  readonly workingDirectory?: Argument;
  readonly env: Readonly<Record<string, Argument>>;
  readonly mounts: readonly { readonly volume: string; readonly path: string }[];
  readonly memoryBytes?: number;
}

/**
 * A literal text, or the path of a file in a volume. Only the runtime knows where a volume is mounted (`host` has no
 * `/mnt/repo`). `before` is a prefix of the path: `key=`.
 */
export type Argument = string | { readonly volume: string; readonly path: string; readonly before?: string };

export interface VolumeSpec {
  readonly name: string;
  /**
   * Layers, the later one wins. They are in place before the first command of a container that mounts the volume. Files
   * belong to that container's user.
   */
  readonly content: readonly TarSource[];
  /** Small, and may hold secrets. Kept in memory if the platform supports it, never on disk then. */
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
   * When the first container began to run, by the platform's clock, in milliseconds since 1970. A different time means
   * that another client restarted the container. Absent if the platform never restarts containers, and in results of
   * `find`.
   */
  readonly startedAt?: number;
}

export interface Workload extends AsyncDisposable {
  readonly ref: WorkloadRef;
  /**
   * Resolves as soon as the container is known to have ended. Never rejects; may be called again. Only the end of the
   * process that `start` started counts. If another client restarts the container, the result is `workload-restarted`.
   */
  exited(container: string): Promise<Exit>;
  /** Resolves when the container accepts `exec`. Rejects with the signal's reason. */
  ready(container: string, signal: AbortSignal): Promise<void>;
  /**
   * Yields the output from these cursors (absent: from the start) to the container's end, every byte once. Ends early
   * on the signal, or when the runtime is lost. The streams are ordered as the engine delivers them.
   */
  logs(container: string, from: Partial<Record<Stream, Cursor>>, signal: AbortSignal): AsyncIterable<Chunk>;
  /** Runs a command in a running container. */
  exec(container: string, argv: readonly string[], io: ExecIo): Promise<Exit>;
  /** Runs an interactive process with the container's files, also after the container has exited. */
  open(container: string, argv: readonly string[], terminal: Terminal): Promise<Exit>;
  /** See `Files`. */
  copyIn(container: string, tar: AsyncIterable<Uint8Array>, directory: string): Promise<void>;
  /** See `Files`. Also after the container has exited, until disposed. */
  copyOut(container: string, path: string, signal: AbortSignal): ReturnType<Files['copyOut']>;
  /** Opens a loopback port of this machine that forwards to `port` of the workload. */
  forward(port: number): Promise<Forward>;
  /**
   * Sends SIGTERM to every container, and SIGKILL after the grace period. Resolves when they have ended. May be called
   * again, also with a shorter grace period.
   */
  stop(graceMs: number): Promise<void>;
  /** Removes the workload, even if it still runs. May be called again. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Terminal {
  /**
   * Reports whether a user is at the terminal. Otherwise the input is a pipe or a file. Its end is then the end of the
   * program's input.
   */
  readonly interactive: boolean;
  readonly input: AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): void | Promise<void>;
  readonly size: { readonly columns: number; readonly rows: number };
  onResize(changed: (size: { columns: number; rows: number }) => void): Disposable;
  readonly signal: AbortSignal;
}
