import { posix } from 'node:path';
import { readTar } from '../../../tar/tar-reader.ts';
import { writeTar } from '../../../tar/tar-writer.ts';
import { EngineError } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';

/** From Go's `os.FileMode`, which the engines report. */
const symlinkMode = 2 ** 27;

/** Returns a tar of a path in a container; `undefined` if there is no such path. See `Workload.copyOut`. */
export async function readPath(
  session: EngineSession,
  container: string,
  path: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  // Docker's answer does not differ from other errors.
  if (path.includes('\0')) return undefined;
  try {
    const answer = await session.engine.open('GET', `/containers/${container}/archive`, {
      query: { path },
      signal,
      deadlineMs: 'never',
    });
    if (session.flavor !== 'podman') return answer;
    if (!isLink(answer.headers)) return (await begun(answer)) ?? (await again(session, container, path, signal));
    answer.destroy();
  } catch (error) {
    if (!isPathMissing(error)) throw error;
    // For a broken link, Podman reports that its target does not exist. Both engines cannot read a link in a circle.
    if (!isLink(error.headers) && !tooManyLinks.test(error.said)) return undefined;
  }
  return await readLink(session, container, path, signal);
}

const emptyAnswers = 20;

/**
 * Retries an empty response. Podman responds with 200 before it reads, and sends nothing if it is cleaning up a
 * container that has just ended. No tar is empty. If the response stays empty, its reader reports the error.
 */
async function again(
  session: EngineSession,
  container: string,
  path: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  for (let asked = 0; asked < emptyAnswers; asked++) {
    await session.clock.sleep(10, signal);
    const answer = await session.engine.open('GET', `/containers/${container}/archive`, {
      query: { path },
      signal,
      deadlineMs: 'never',
    });
    const bytes = await begun(answer);
    if (bytes !== undefined) return bytes;
  }
  return (async function* () {})();
}

/** Returns the same bytes once the first of them have arrived; `undefined` if there are none. */
async function begun(answer: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array> | undefined> {
  const bytes = answer[Symbol.asyncIterator]();
  const first = await bytes.next();
  if (first.done === true) return undefined;
  return (async function* () {
    try {
      yield first.value;
      for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) yield next.value;
    } finally {
      await bytes.return?.();
    }
  })();
}

/**
 * Reads a link. Podman follows a link at the path itself and reports only its final target. The tar of its folder
 * contains the link.
 */
async function readLink(
  session: EngineSession,
  container: string,
  path: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const folder = posix.dirname(path);
  if (folder === path) return undefined;
  const name = Buffer.from(posix.basename(path));
  try {
    const answer = await session.engine.open('GET', `/containers/${container}/archive`, {
      query: { path: folder },
      signal,
      deadlineMs: 'never',
    });
    for await (const { header } of readTar(answer)) {
      const parts = header.name
        .toString('latin1')
        .split('/')
        .filter((part) => part !== '' && part !== '.');
      const depth = posix.basename(folder) === '' ? 1 : 2;
      if (parts.length === depth && parts.at(-1) === name.toString('latin1') && header.type === 'symlink')
        return writeTar([{ header: { ...header, name } }]);
    }
    return undefined;
  } catch (error) {
    if (isPathMissing(error)) return undefined;
    throw error;
  }
}

function isLink(headers: EngineError['headers']): boolean {
  const header = headers['x-docker-container-path-stat'];
  if (typeof header !== 'string') return false;
  const { mode } = JSON.parse(Buffer.from(header, 'base64').toString()) as { mode?: number };
  return Math.floor((mode ?? 0) / symlinkMode) % 2 === 1;
}

const tooManyLinks = /too many (?:links|levels of symbolic links)/i;
const missing =
  /not a directory|no such file or directory|could not find the file|file name too long|too many (?:links|levels of symbolic links)/i;

/**
 * Reports whether a path does not exist. Docker returns 404, or 400 and 500 for a path below a file, below a circle of links,
 * or of too many characters; Podman returns 404 and 500.
 */
function isPathMissing(error: unknown): error is EngineError {
  if (!(error instanceof EngineError) || /no such container/i.test(error.said)) return false;
  return error.status === 404 || missing.test(error.said);
}
