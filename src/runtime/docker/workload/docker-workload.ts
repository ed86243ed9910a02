import type { Failure } from '../../../model/outcome.ts';
import type { Cursor, Stream } from '../../../model/work.ts';
import type { Chunk, ExecIo, Exit, Forward, Terminal, Workload, WorkloadRef } from '../../runtime.ts';
import { refusedBy } from '../../runtime-refused.ts';
import { containerEnd, inspect, type EndingContainer } from './container-end.ts';
import { unpackInContainer } from './container-files.ts';
import { containerOutput } from './container-output.ts';
import { EngineError, EngineLost, hasStatus } from '../api/engine-error.ts';
import { hasEnded, type EngineSession } from '../api/engine-session.ts';
import { lossFailure } from '../api/engine-failure.ts';
import { execInContainer } from './exec-session.ts';
import type { FirstEnd } from './first-end.ts';
import { forwardPort } from './forward-port.ts';
import type { LiveOutput } from './live-output.ts';
import { readPath } from './read-path.ts';
import { removeContainers, removeVolume, removeWorkload } from './remove-workload.ts';
import { openTerminal } from './terminal-session.ts';
import { settlesWithin } from '../../../util/settles-within.ts';

export interface StartedContainer {
  readonly name: string;
  readonly id: string;
  /** See `WorkloadRef`. Absent if unknown. */
  readonly startedAt?: number;
  /** Absent after an adoption. */
  readonly live?: LiveOutput;
  /** For Docker only. Absent after an adoption. */
  readonly firstEnd?: FirstEnd;
}

/** What is removed with a workload, by the engine's ids. */
export interface WorkloadObjects {
  readonly containers: readonly string[];
  readonly volumes: readonly string[];
  /** Set if the objects must be looked up by this name. */
  readonly workload?: string;
}

interface WatchedContainer extends StartedContainer {
  readonly end: Promise<Exit>;
  /** Set when this process kills the container by force. */
  killed: boolean;
  /** Set when the connection that waits for the end broke. */
  interrupted: boolean;
}

function watched(session: EngineSession, started: StartedContainer): WatchedContainer {
  const container = { ...started, killed: false, interrupted: false, end: Promise.resolve<Exit>({ code: 0 }) };
  container.end = endOf(session, {
    ...started,
    killed: () => container.killed,
    onInterrupted: () => (container.interrupted = true),
  });
  // A failed watch rejects only `exited()`.
  container.end.catch(() => undefined);
  return container;
}

/** Returns the container's end. Kills the process of a restarted container: it must not do the step's work twice. */
async function endOf(session: EngineSession, container: EndingContainer): Promise<Exit> {
  const exit = await containerEnd(session, container);
  if ('failure' in exit && exit.failure.code === 'workload-restarted') await kill(session, container.id, 'SIGKILL');
  return exit;
}

/** Kills a container. Not an error if it has ended. If the engine is gone, `exited()` reports it. */
async function kill({ engine }: EngineSession, id: string, signal: string): Promise<void> {
  try {
    await engine.json('POST', `/containers/${id}/kill`, { query: { signal } });
  } catch (error) {
    if (!hasStatus(error, 404, 409, 500) && !(error instanceof EngineLost)) throw error;
  }
}

/** Failures after which the engine's log is gone, or also holds the output of another process. */
const unreadable: readonly Failure['code'][] = ['runtime-lost', 'workload-deleted', 'workload-restarted'];

/** The containers of one engine that were started together. */
export class DockerWorkload implements Workload {
  readonly #containers: ReadonlyMap<string, WatchedContainer>;
  #disposed: Promise<void> | undefined;
  readonly #session: EngineSession;
  readonly #belongings: WorkloadObjects;

  constructor(
    session: EngineSession,
    readonly ref: WorkloadRef,
    containers: readonly StartedContainer[],
    belongings: WorkloadObjects,
  ) {
    this.#session = session;
    this.#belongings = belongings;
    this.#containers = new Map(containers.map((started) => [started.name, watched(session, started)]));
  }

  async exited(container: string): Promise<Exit> {
    return await this.#container(container).end;
  }

  /** A started container accepts commands at once. */
  async ready(container: string, signal: AbortSignal): Promise<void> {
    this.#container(container);
    signal.throwIfAborted();
  }

  logs(container: string, from: Partial<Record<Stream, Cursor>>, signal: AbortSignal): AsyncIterable<Chunk> {
    const watched = this.#container(container);
    const { id, live, end, startedAt } = watched;
    const ended = end.then((exit) => 'code' in exit || !unreadable.includes(exit.failure.code));
    ended.catch(() => undefined);
    return containerOutput(
      { session: this.#session, id, live, startedAt, ended, interrupted: () => watched.interrupted },
      from,
      signal,
    );
  }

  async exec(container: string, argv: readonly string[], io: ExecIo): Promise<Exit> {
    return await execInContainer(this.#session, this.#container(container).id, argv, io);
  }

  async open(container: string, argv: readonly string[], terminal: Terminal): Promise<Exit> {
    const { id } = this.#container(container);
    try {
      return await openTerminal(this.#session, id, argv, terminal);
    } catch (error) {
      terminal.signal.throwIfAborted();
      const failure = lossFailure(error);
      if (failure === undefined) throw error;
      return { failure };
    }
  }

  async copyIn(container: string, tar: AsyncIterable<Uint8Array>, directory: string): Promise<void> {
    await unpackInContainer(this.#session, this.#container(container).id, tar, directory);
  }

  async copyOut(container: string, path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    try {
      return await readPath(this.#session, this.#container(container).id, path, signal);
    } catch (error) {
      throw refusedBy(error, lossFailure);
    }
  }

  async forward(port: number): Promise<Forward> {
    const [first] = this.#containers.values();
    if (!first) throw new Error('a workload has a container');
    return await forwardPort(this.#session, first.id, port);
  }

  async stop(graceMs: number): Promise<void> {
    await Promise.all([...this.#containers.values()].map(async (container) => await this.#stop(container, graceMs)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#remove();
    await this.#disposed;
  }

  async #stop(container: WatchedContainer, graceMs: number): Promise<void> {
    const { id, end } = container;
    if (graceMs > 0) {
      await kill(this.#session, id, 'SIGTERM');
      await settlesWithin(end, graceMs, this.#session.clock);
    }
    if (await this.#runs(id)) {
      container.killed = true;
      await kill(this.#session, id, 'SIGKILL');
    }
    await end;
  }

  async #runs(id: string): Promise<boolean> {
    try {
      return !hasEnded((await inspect(this.#session, id)).State);
    } catch (error) {
      if (error instanceof EngineError || error instanceof EngineLost) return false;
      throw error;
    }
  }

  async #remove(): Promise<void> {
    for (const { live, firstEnd } of this.#containers.values()) {
      live?.release();
      firstEnd?.release();
    }
    if (this.#belongings.workload !== undefined) {
      await removeWorkload(this.#session, this.#belongings.workload);
      return;
    }
    await removeContainers(this.#session, this.#belongings.containers);
    await Promise.all(this.#belongings.volumes.map(async (volume) => await removeVolume(this.#session, volume)));
  }

  #container(name: string): WatchedContainer {
    const found = this.#containers.get(name);
    if (!found) throw new Error(`workload ${this.ref.name} has no container ${name}`);
    return found;
  }
}
