import type { Cursor, Stream } from '../../../model/work.ts';
import type { Chunk, ExecIo, Exit, Forward, Terminal, Workload, WorkloadRef } from '../../runtime.ts';
import { refusedBy } from '../../runtime-refused.ts';
import { remoteCommand } from '../../../clusters/api/remote-command.ts';
import { podPath, type ClusterSession } from '../cluster-session.ts';
import { hasStarted, isNoticed, startOf, statusOf } from '../../../clusters/pods/observed-container.ts';
import { helperContainer } from '../pod/control-volume.ts';
import { startStateCommand, stopCommand, withinDirectory } from '../pod/gate.ts';
import { undecided } from '../pod/judgement.ts';
import { environmentOf, hasEnded, isGated, pathInHelper, refOf, workloadContainers } from '../pod/pod-reading.ts';
import { refusalOf } from '../pod/refusal.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';
import type { PodFollower } from '../pod/pod-watching.ts';
import { commandExit, exitOfCommand } from './command-exit.ts';
import type { FirstExchange } from './first-exchange.ts';
import { forwardPort } from './forward-port.ts';
import { askPod, commandHasEnded, runInPod } from './helper.ts';
import { logAnnotation, PodCheckpoints } from './log-checkpoints.ts';
import { containerEnd, isOfAnother } from './pod-end.ts';
import { readPath, writeTree, type PathInPod } from './pod-files.ts';
import { podOutput } from './pod-output.ts';
import { openTerminal } from './pod-terminal.ts';
import { removePod } from './remove-pod.ts';
import { settlesWithin } from '../../../util/settles-within.ts';
import { Deadline } from '../../../util/deadline.ts';
import { ClusterLost } from '../../../clusters/api/api-error.ts';

/** What the process that started or adopted a pod knows about it. */
export interface StartedPod {
  readonly pod: Pod;
  readonly follower: PodFollower;
  /** The exchange that reports the end of the pod's only container. */
  readonly exchange?: FirstExchange | undefined;
}

interface WatchedContainer {
  readonly end: Promise<Exit>;
  ended: boolean;
}

/** The platform takes a moment to report a forced end. */
const forcedMs = 5_000;

/** How long a command may clean up after a container that it needs has failed. */
const failedGraceMs = 10_000;

/** The containers of one pod. */
export class PodWorkload implements Workload {
  readonly ref: WorkloadRef;
  readonly #containers: ReadonlyMap<string, WatchedContainer>;
  readonly #stop = new AbortController();
  readonly #checkpoints: PodCheckpoints;
  #asked = false;
  #killed = false;
  #disposed: Promise<void> | undefined;
  readonly #session: ClusterSession;
  readonly #started: StartedPod;

  constructor(session: ClusterSession, started: StartedPod) {
    this.#session = session;
    this.#started = started;
    this.ref = refOf(started.pod);
    this.#checkpoints = new PodCheckpoints({
      ...session,
      pod: this.ref.name,
      annotation: started.pod.metadata.annotations?.[logAnnotation],
    });
    this.#containers = new Map(workloadContainers(started.pod).map((name) => [name, this.#watched(name)]));
  }

  async exited(container: string): Promise<Exit> {
    return await this.#container(container).end;
  }

  /** A node runs no command in a container that has not started, even though its helper has opened the gate. */
  async ready(container: string, signal: AbortSignal): Promise<void> {
    const { end } = this.#container(container);
    signal.throwIfAborted();
    const enough = new AbortController();
    const started = this.#started.follower.until(
      (observed) => (hasStarted(observed, container) ? { settled: true } : undecided),
      AbortSignal.any([signal, this.#stop.signal, enough.signal]),
    );
    started.catch(() => undefined);
    try {
      await Promise.race([started, end]);
    } finally {
      enough.abort();
    }
  }

  logs(container: string, from: Partial<Record<Stream, Cursor>>, signal: AbortSignal): AsyncIterable<Chunk> {
    const { end } = this.#container(container);
    const ended = end.then(
      (exit) => 'code' in exit || !['runtime-lost', 'workload-deleted', 'node-lost'].includes(exit.failure.code),
    );
    const { follower } = this.#started;
    const until = AbortSignal.any([signal, this.#stop.signal]);
    let stayedConnected = true;
    const noticed = follower.until<boolean>((observed) => {
      stayedConnected &&= observed.disconnectedSince === undefined;
      return isNoticed(observed, container) ? { settled: stayedConnected } : undecided;
    }, until);
    const terminated = follower.until(
      (observed) => (statusOf(observed, container)?.state?.terminated ? { settled: true } : undecided),
      until,
    );
    for (const promise of [noticed, terminated]) promise.catch(() => undefined);
    const startedAt = () => startOf(follower.observed, container);
    return podOutput(
      {
        ...this.#session,
        place: this.#place(container),
        ended,
        noticed,
        terminated,
        startedAt,
        checkpoints: this.#checkpoints,
      },
      from.combined ?? 0,
      signal,
    );
  }

  async exec(container: string, argv: readonly string[], io: ExecIo): Promise<Exit> {
    const run = async () => {
      await this.ready(container, io.signal);
      return exitOfCommand(await remoteCommand(this.#session.client, this.#place(container), argv, io));
    };
    return await commandExit(run, this.#session.namespace, io.signal);
  }

  async open(container: string, argv: readonly string[], terminal: Terminal): Promise<Exit> {
    return await commandExit(
      async () => await this.#open(container, argv, terminal),
      this.#session.namespace,
      terminal.signal,
    );
  }

  async copyIn(container: string, tar: AsyncIterable<Uint8Array>, directory: string): Promise<void> {
    await writeTree(this.#session, this.#placeOf(container, directory), tar, this.#stop.signal);
  }

  async copyOut(container: string, path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    try {
      return await readPath(this.#session, this.#placeOf(container, path), signal);
    } catch (error) {
      throw refusedBy(error, (each) => refusalOf(each, this.#session.namespace));
    }
  }

  async forward(port: number): Promise<Forward> {
    return await forwardPort(this.#session, this.ref.name, port);
  }

  async stop(graceMs: number): Promise<void> {
    this.#asked = true;
    const running = [...this.#containers].filter(([, { ended }]) => !ended);
    if (graceMs > 0 && running.length > 0) {
      const asked = await Promise.all(running.map(async ([name]) => await this.#signal(name, 'TERM')));
      if (asked.includes(false)) await this.#deleteWith(graceMs);
      await this.#allEnded(graceMs);
    }
    const left = [...this.#containers].filter(([, { ended }]) => !ended);
    if (left.length === 0) return;
    this.#killed = true;
    await Promise.all(left.map(async ([name]) => await this.#signal(name, 'KILL')));
    await this.#allEnded(forcedMs);
    if ([...this.#containers.values()].some(({ ended }) => !ended)) await this.#removeByForce();
    await Promise.all([...this.#containers.values()].map(async ({ end }) => await end));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Clear the promise on failure so that the caller can retry.
    this.#disposed ??= this.#remove().catch((error: unknown) => {
      this.#disposed = undefined;
      throw error;
    });
    await this.#disposed;
  }

  /** Opens a shell in the helper after the container has ended: the helper has the files. */
  async #open(container: string, argv: readonly string[], terminal: Terminal): Promise<Exit> {
    await this.ready(container, terminal.signal);
    if (!(await this.#hasEnded(container, terminal.signal)))
      return await openTerminal(this.#session, this.#place(container), argv, terminal);
    return await openTerminal(
      this.#session,
      this.#place(helperContainer),
      withinDirectory(this.#directoryOf(container), environmentOf(this.#started.pod, container), argv),
      terminal,
    );
  }

  #watched(name: string): WatchedContainer {
    const { ref } = this;
    const session = this.#session;
    const started = this.#started;
    const end = containerEnd(session, ref.name, name, started.follower, this.#stop.signal, {
      exchange: started.exchange,
      asked: () => this.#asked,
    }).then(async (exit) => {
      if (isOfAnother(exit, name)) await this.#endCommand(name);
      watched.ended = true;
      // A pod that Slipway deleted ended for that reason, even if the cluster had no time to report it.
      if (!this.#asked || !('failure' in exit) || exit.failure.code !== 'workload-deleted') return exit;
      return this.#killed ? { code: 137, signal: 'SIGKILL' } : { code: 143, signal: 'SIGTERM' };
    });
    // A failed watch rejects only `exited()`.
    end.catch(() => undefined);
    const watched: WatchedContainer = { end, ended: false };
    return watched;
  }

  /** Ends a command that still runs although its pod has failed. Its output ends with it. */
  async #endCommand(name: string): Promise<void> {
    const ended = containerEnd(this.#session, this.ref.name, name, this.#started.follower, this.#stop.signal, {
      asked: () => true,
    });
    ended.catch(() => undefined);
    for (const [signal, ms] of [
      ['TERM', failedGraceMs],
      ['KILL', forcedMs],
    ] as const) {
      await this.#signal(name, signal);
      const isOver = await settlesWithin(ended, ms, this.#session.clock, this.#stop.signal);
      if (isOver || this.#stop.signal.aborted) return;
    }
  }

  /** @returns false if no container of the pod can send the signal */
  async #signal(container: string, signal: 'TERM' | 'KILL'): Promise<boolean> {
    if (!isGated(this.#started.pod)) return false;
    const late = () => new ClusterLost('no response in time');
    using limit = new Deadline(forcedMs, late, [this.#stop.signal], this.#session.clock);
    try {
      const end = await runInPod(
        this.#session,
        this.ref.name,
        stopCommand(container, signal),
        { signal: limit.signal },
        container,
      );
      return 'code' in end;
    } catch (error) {
      // The container has ended, or `exited()` reports the reason.
      if (this.#stop.signal.aborted) return this.#container(container).ended;
      if (limit.signal.aborted) return false;
      if (this.#isRefusal(error)) return this.#container(container).ended;
      throw error;
    }
  }

  /**
   * Without a gate only the kubelet can send a signal. That starts the pod's deletion; the output is still followed.
   */
  async #deleteWith(graceMs: number): Promise<void> {
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: Math.max(1, Math.ceil(graceMs / 1_000)),
      preconditions: { uid: this.ref.id },
    };
    await this.#session.client
      .json('DELETE', podPath(this.#session, this.ref.name), { body })
      .catch((error: unknown) => {
        if (!this.#isRefusal(error)) throw error;
      });
  }

  async #allEnded(ms: number): Promise<void> {
    const ends = Promise.all([...this.#containers.values()].map(async ({ end }) => await end));
    await settlesWithin(ends, ms, this.#session.clock, this.#stop.signal);
  }

  /** If the cluster refuses, `exited()` reports why. */
  async #removeByForce(): Promise<void> {
    try {
      await removePod(this.#session, this.ref.name, this.ref.id);
    } catch (error) {
      if (!this.#isRefusal(error)) throw error;
    }
  }

  /** Reports whether an error is the cluster's refusal, rather than a bug. */
  #isRefusal(error: unknown): boolean {
    return refusalOf(error, this.#session.namespace) !== undefined;
  }

  async #remove(): Promise<void> {
    try {
      await removePod(this.#session, this.ref.name, this.ref.id);
    } finally {
      this.#stop.abort(new Error('the workload was removed'));
      this.#checkpoints[Symbol.dispose]();
      this.#started.follower[Symbol.dispose]();
    }
  }

  /** An adopting process has not received the pod's ends yet, so request them. */
  async #hasEnded(container: string, signal: AbortSignal): Promise<boolean> {
    const { ref } = this;
    const started = this.#started;
    if (this.#container(container).ended || hasEnded(started.pod, container)) return true;
    return (
      isGated(started.pod) &&
      commandHasEnded((await askPod(this.#session, ref.name, startStateCommand(container), signal))?.text ?? '')
    );
  }

  /** Returns the helper's path for the working directory of a container. */
  #directoryOf(container: string): string {
    const { workingDir } = this.#started.pod.spec.containers.find(({ name }) => name === container) ?? {};
    return (workingDir === undefined ? undefined : pathInHelper(this.#started.pod, container, workingDir)) ?? '/';
  }

  /**
   * Returns where to read a path. The helper has the volumes as long as the pod exists. Only the container has other
   * paths, while it runs.
   */
  #placeOf(container: string, path: string): PathInPod {
    this.#container(container);
    const inHelper = pathInHelper(this.#started.pod, container, path);
    return inHelper === undefined
      ? { pod: this.ref.name, container, path }
      : { pod: this.ref.name, container: helperContainer, path: inHelper };
  }

  #place(container: string) {
    return { namespace: this.#session.namespace, pod: this.ref.name, container };
  }

  #container(name: string): WatchedContainer {
    const found = this.#containers.get(name);
    if (!found) throw new Error(`workload ${this.ref.name} has no container ${name}`);
    return found;
  }
}
