import { ApiError } from '../../../clusters/api/api-error.ts';
import { remoteCommand, type PodPlace } from '../../../clusters/api/remote-command.ts';
import type { Failure } from '../../../model/outcome.ts';
import type { ExecIo, Exit, Files, Forward } from '../../container-io.ts';
import { diskFull } from '../../disk-full.ts';
import { removePaths } from '../../remove-paths.ts';
import type { ContainerRef, LogChunk, LogPosition, RunningContainer } from '../../running-container.ts';
import { RuntimeRefused, refusedBy } from '../../runtime-refused.ts';
import type { StatusFeed } from '../../status-feed.ts';
import type { ClusterSession } from '../cluster-session.ts';
import { refusalOf } from '../pod/refusal.ts';
import { exitOfCommand } from '../workload/command-exit.ts';
import { forwardPort } from '../workload/forward-port.ts';
import { findPathCommand, missingCode, NotWritten, tarOf, writeTree, type PathInPod } from '../workload/pod-files.ts';
import { restartingLog } from './restarting-log.ts';
import { FedContainer } from '../../fed-container.ts';

/** What the API server or the node says of a container without a process. */
const notRunning = /container not found|not running|CONTAINER_EXITED|in a completed pod|cannot exec in a stopped/i;

/** A container of a pod that a watch found. Transfers files with the `sh` and `tar` of its image. */
export class PodRunningContainer extends FedContainer implements RunningContainer {
  readonly files: Files;
  readonly #session: ClusterSession;
  readonly #finished: () => boolean;

  constructor(
    session: ClusterSession,
    readonly ref: ContainerRef,
    feed: StatusFeed,
    finished: () => boolean,
  ) {
    super(feed);
    this.#session = session;
    this.#finished = finished;
    this.files = {
      copyIn: async (tar, directory, signal) => await this.#copyIn(tar, directory, signal),
      copyOut: async (path, signal) => await this.#copyOut(path, signal),
      remove: async (paths, signal) => await removePaths(async (argv, io) => await this.exec(argv, io), paths, signal),
    };
  }

  logs(from: LogPosition, signal: AbortSignal): AsyncIterable<LogChunk> {
    const { client, clock } = this.#session;
    const source = { client, clock, place: this.#place, feed: this.feed, finished: this.#finished };
    return restartingLog(source, from, this.feed.within(signal));
  }

  async exec(argv: readonly string[], io: ExecIo): Promise<Exit> {
    io.signal.throwIfAborted();
    // Another pod may have the name of one that is gone.
    if (this.feed.gone) return { failure: this.#withoutProcess('no longer exists') };
    try {
      const end = await remoteCommand(this.#session.client, this.#place, argv, io);
      if ('refused' in end && notRunning.test(end.refused)) return { failure: this.#withoutProcess() };
      return exitOfCommand(end);
    } catch (error) {
      io.signal.throwIfAborted();
      const failure = this.#meaning(error);
      if (failure === undefined) throw error;
      return { failure };
    }
  }

  async forward(port: number): Promise<Forward> {
    if (this.feed.gone) throw refusedBy(new Error('gone'), () => this.#withoutProcess('no longer exists'));
    return await forwardPort(this.#session, this.ref.group, port);
  }

  async #copyIn(tar: AsyncIterable<Uint8Array>, directory: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#checkExists();
    try {
      await writeTree(this.#session, this.#pathOf(directory), tar, signal, 'tar');
    } catch (error) {
      signal.throwIfAborted();
      throw refusedBy(error, (each) =>
        each instanceof NotWritten ? this.#unwritten(each.message) : this.#meaning(each),
      );
    }
  }

  async #copyOut(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    const exit = await this.exec(findPathCommand(path), { signal });
    if ('failure' in exit) throw new RuntimeRefused(exit.failure, new Error(`cannot read ${path}`));
    if (exit.code === missingCode) return undefined;
    if (exit.code !== 0) {
      const detail = `cannot read ${path} in the container: its image has no \`/bin/sh\``;
      throw new RuntimeRefused({ code: 'unsupported', detail }, new Error(detail));
    }
    return tarOf(this.#session, this.#pathOf(path), signal);
  }

  #checkExists(): void {
    if (this.feed.gone) throw refusedBy(new Error('gone'), () => this.#withoutProcess('no longer exists'));
  }

  #unwritten(said: string): Failure {
    if (notRunning.test(said)) return this.#withoutProcess();
    return diskFull(said, 'the container') ?? { code: 'unsupported', detail: `${said} (in the container)` };
  }

  #meaning(error: unknown): Failure | undefined {
    if (error instanceof ApiError && notRunning.test(error.said)) return this.#withoutProcess();
    return refusalOf(error, this.#session.namespace);
  }

  #withoutProcess(how = 'is not running'): Failure {
    return {
      code: 'workload-deleted',
      detail: `container ${this.ref.name} of pod ${this.ref.group} ${how}`,
      by: 'cluster',
    };
  }

  get #place(): PodPlace {
    return { namespace: this.#session.namespace, pod: this.ref.group, container: this.ref.name };
  }

  #pathOf(path: string): PathInPod {
    return { pod: this.ref.group, container: this.ref.name, path };
  }
}
