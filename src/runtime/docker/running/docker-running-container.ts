import type { Failure } from '../../../model/outcome.ts';
import type { ExecIo, Exit, Files, Forward } from '../../container-io.ts';
import type { ContainerRef, LogChunk, LogPosition, RunningContainer } from '../../running-container.ts';
import { refusedBy } from '../../runtime-refused.ts';
import type { StatusFeed } from '../../status-feed.ts';
import { EngineError, isNotFound } from '../api/engine-error.ts';
import { lossFailure } from '../api/engine-failure.ts';
import type { EngineSession, InspectedContainer } from '../api/engine-session.ts';
import { ContainerFiles } from '../workload/container-files.ts';
import { execInContainer } from '../workload/exec-session.ts';
import { forwardToRestarting } from '../workload/forward-port.ts';
import { logLimits, type LogLimits } from './log-limits.ts';
import { restartingOutput } from './restarting-output.ts';
import { FedContainer } from '../../fed-container.ts';

/** A container of an engine that a watch found. */
export class DockerRunningContainer extends FedContainer implements RunningContainer {
  readonly files: Files;
  readonly #session: EngineSession;
  readonly #log: { readonly tty: boolean; readonly limits?: LogLimits };

  constructor(
    session: EngineSession,
    readonly ref: ContainerRef,
    feed: StatusFeed,
    inspected: InspectedContainer,
  ) {
    super(feed);
    this.#session = session;
    const limits = session.flavor === 'docker' ? logLimits(inspected) : undefined;
    this.#log = { tty: inspected.Config.Tty === true, ...(limits && { limits }) };
    this.files = new ContainerFiles(session, ref.id, async (argv, io) => await this.exec(argv, io));
  }

  logs(from: LogPosition, signal: AbortSignal): AsyncIterable<LogChunk> {
    const { id } = this.ref;
    const since = from.since === undefined ? {} : { since: from.since };
    const source = { session: this.#session, id, ...this.#log, feed: this.feed, ...since };
    return restartingOutput(source, from, this.feed.within(signal));
  }

  async exec(argv: readonly string[], io: ExecIo): Promise<Exit> {
    io.signal.throwIfAborted();
    try {
      return await execInContainer(this.#session, this.ref.id, argv, io);
    } catch (error) {
      io.signal.throwIfAborted();
      const failure = this.#notRunning(error) ?? lossFailure(error);
      if (failure === undefined) throw error;
      return { failure };
    }
  }

  async forward(port: number): Promise<Forward> {
    try {
      return await forwardToRestarting(this.#session, this.ref.id, port);
    } catch (error) {
      throw refusedBy(error, (each) => this.#notRunning(each) ?? lossFailure(each));
    }
  }

  /** 409: Docker, for a container that has ended. Podman has no status of its own for that. */
  #notRunning(error: unknown): Failure | undefined {
    if (isNotFound(error)) return { code: 'workload-deleted', detail: `container ${this.ref.name} no longer exists` };
    if (!(error instanceof EngineError)) return undefined;
    if (error.status !== 409 && !/is not running|container state improper/i.test(error.said)) return undefined;
    return { code: 'workload-deleted', detail: `container ${this.ref.name} is not running` };
  }
}
