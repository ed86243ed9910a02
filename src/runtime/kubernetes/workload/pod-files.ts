import { posix } from 'node:path';
import { TarError } from '../../../util/tar-error.ts';
import { ApiError, ClusterLost } from '../../../clusters/api/api-error.ts';
import { retryTransient } from '../../../clusters/api/retry.ts';
import type { ClusterSession } from '../cluster-session.ts';
import { askPod, runInPod } from './helper.ts';
import { RestartableRead, ContentChanged } from './restartable-read.ts';
import { CappedText } from './capped-text.ts';

/** A path as this container of the pod sees it. */
export interface PathInPod {
  readonly pod: string;
  readonly container: string;
  readonly path: string;
}

/** Differs from the exit codes of `tar`. */
export const missingCode = 44;

/**
 * Returns a tar of a path, made by `tar` in a container that has it. Returns `undefined` if there is no such path, or
 * no running container. See `Workload.copyOut`. Retries a broken connection. A final failure is a `TarError`: the tar
 * is incomplete.
 */
export async function readPath(
  session: ClusterSession,
  { pod, container, path }: PathInPod,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const there = await retryTransient(
    session.clock,
    signal,
    async () => await askPod(session, pod, findPathCommand(path), signal, container),
  );
  if (there === undefined || there.code === missingCode) return undefined;
  return tarOf(session, { pod, container, path }, signal);
}

/** Returns a command that exits with `missingCode` if there is no such path. */
export function findPathCommand(path: string): readonly string[] {
  return shell(`[ -e "$1" ] || [ -L "$1" ] || exit ${missingCode}`, withoutSlash(path));
}

function withoutSlash(path: string): string {
  return posix.normalize(path).replace(/(.)\/$/, '$1');
}

/** Yields a tar of a path that exists. */
export async function* tarOf(
  session: ClusterSession,
  { pod, container, path: given }: PathInPod,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const path = withoutSlash(given);
  const left = new AbortController();
  const pieces = new Handover();
  const name = posix.basename(path);
  const command = shell('exec tar -cf - -C "$1" -- "$2"', posix.dirname(path), name === '' ? '.' : name);
  const wholeSignal = AbortSignal.any([signal, left.signal]);
  const whole = new RestartableRead();
  // Nothing writes there after the command has ended, so a second reading starts with the same bytes as the first.
  const ended = retryTransient(session.clock, wholeSignal, async () => {
    const reading = whole.reading();
    const errors = new CappedText();
    const stdout = async (bytes: Uint8Array) => await pieces.give(reading.take(bytes));
    const end = await runInPod(session, pod, command, { signal: wholeSignal, stdout, stderr: errors.push }, container);
    if (!('code' in end) || end.code !== 0) throw new TarError('truncated', errors.text.trim() || JSON.stringify(end));
    reading.end();
  }).then(
    () => pieces.end(undefined),
    (error: unknown) =>
      pieces.end(
        isOfReading(error) ? new TarError('truncated', `cannot read ${path}: ${error.message}`) : (error as Error),
      ),
  );
  try {
    yield* pieces.taken();
  } finally {
    left.abort(new Error('the reader stopped'));
    pieces.leave();
    await ended;
  }
}

/** Reports whether an error concerns the file or the connection, rather than a bug or the reason of a signal. */
function isOfReading(error: unknown): error is Error {
  return [TarError, ContentChanged, ClusterLost, ApiError].some((kind) => error instanceof kind);
}

/** The container could not unpack a tar. */
export class NotWritten extends Error {
  override readonly name = 'NotWritten';
}

/**
 * Unpacks a tar into a folder. Throws `NotWritten` with the reason if `tar` fails.
 * @param owner of the files: the user of the container, or the one that the tar names, if the user is root
 */
export async function writeTree(
  session: ClusterSession,
  { pod, container, path }: PathInPod,
  tar: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  owner: 'user' | 'tar' = 'user',
): Promise<void> {
  const errors = new CappedText();
  const end = await runInPod(
    session,
    pod,
    shell(`exec tar -${owner === 'user' ? 'xpof' : 'xpf'} - -C "$1"`, path),
    { signal, stdin: tar, stderr: errors.push },
    container,
  );
  if (!('code' in end) || end.code !== 0)
    throw new NotWritten(`cannot write ${path}: ${'refused' in end ? end.refused : errors.text.trim()}`);
}

function shell(script: string, ...args: readonly string[]): readonly string[] {
  return ['/bin/sh', '-c', script, 'slipway', ...args];
}

/** Passes chunks from a pushing to a pulling side, one at a time. The pushing side waits. */
class Handover {
  #piece: Uint8Array | undefined;
  #over: { readonly error: Error | undefined } | undefined;
  #left = false;
  #wake: () => void = () => undefined;

  async give(bytes: Uint8Array): Promise<void> {
    while (this.#piece !== undefined && !this.#left) await this.#turn();
    if (this.#left || bytes.length === 0) return;
    this.#piece = bytes;
    this.#turned();
  }

  end(error: Error | undefined): void {
    this.#over = { error };
    this.#turned();
  }

  leave(): void {
    this.#left = true;
    this.#turned();
  }

  async *taken(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      if (this.#piece !== undefined) {
        const piece = this.#piece;
        this.#piece = undefined;
        this.#turned();
        yield piece;
      } else if (this.#over) {
        if (this.#over.error !== undefined) throw this.#over.error;
        return;
      } else await this.#turn();
    }
  }

  #turned(): void {
    const wake = this.#wake;
    this.#wake = () => undefined;
    wake();
  }

  async #turn(): Promise<void> {
    await new Promise<void>((resolve) => {
      const before = this.#wake;
      this.#wake = () => {
        before();
        resolve();
      };
    });
  }
}
