import type { Failure } from '../../../model/outcome.ts';
import type { ExecIo, Exit, Files } from '../../container-io.ts';
import { removePaths } from '../../remove-paths.ts';
import { refusedBy } from '../../runtime-refused.ts';
import { pathFailure } from '../api/engine-failure.ts';
import { EngineError, hasStatus, isNotFound } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { inspect } from './container-end.ts';
import { readPath } from './read-path.ts';

/** The files of a container, also after it has exited. Needs no programs in its image, except to delete. */
export class ContainerFiles implements Files {
  readonly #session: EngineSession;
  readonly #id: string;
  readonly #exec: (argv: readonly string[], io: ExecIo) => Promise<Exit>;

  constructor(session: EngineSession, id: string, exec: (argv: readonly string[], io: ExecIo) => Promise<Exit>) {
    this.#session = session;
    this.#id = id;
    this.#exec = exec;
  }

  async copyIn(tar: AsyncIterable<Uint8Array>, directory: string, signal: AbortSignal): Promise<void> {
    try {
      if (this.#session.flavor === 'podman') await this.#checkFolder(directory, signal);
      await unpackInContainer(this.#session, this.#id, tar, directory, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw refusedBy(error, (each) => fileFailure(each, `cannot write ${directory}`));
    }
  }

  async copyOut(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    try {
      return await readPath(this.#session, this.#id, path, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw refusedBy(error, (each) => fileFailure(each, `cannot read ${path}`));
    }
  }

  async remove(paths: readonly string[], signal: AbortSignal): Promise<void> {
    await removePaths(this.#exec, paths, signal);
  }

  /** Podman creates a missing folder, so that a mistake in its path would look like a success. */
  async #checkFolder(path: string, signal: AbortSignal): Promise<void> {
    try {
      (
        await this.#session.engine.open('HEAD', `/containers/${this.#id}/archive`, { query: { path }, signal })
      ).resume();
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
      // A response to HEAD does not say what is missing.
      await inspect(this.#session, this.#id);
      throw new EngineError(404, 'the folder does not exist');
    }
  }
}

/** Unpacks a tar into a folder of a container. Throws the errors of the engine and of the tar. */
export async function unpackInContainer(
  session: EngineSession,
  id: string,
  tar: AsyncIterable<Uint8Array>,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  await session.engine.json('PUT', `/containers/${id}/archive`, {
    query: { path: directory },
    tar,
    deadlineMs: 'never',
    ...(signal && { signal }),
  });
}

function fileFailure(error: unknown, what: string): Failure | undefined {
  if (error instanceof EngineError && isNotFound(error) && /no such container/i.test(error.said))
    return { code: 'workload-deleted', detail: 'the container no longer exists' };
  return pathFailure(error, `${what} in the container`);
}
