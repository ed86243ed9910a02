import { once } from 'node:events';
import { lstat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Cursor, Stream } from '../../model/work.ts';
import { extractTar } from '../../tar/tar-extract.ts';
import { packTar } from '../../tar/tar-pack.ts';
import { loopback } from '../loopback-forward.ts';
import type { Chunk, ExecIo, Exit, Forward, Terminal, Workload, WorkloadRef } from '../runtime.ts';
import { makeOutputFifos, startCommand, type HostCommand, type StartedCommand } from './host-command.ts';
import type { HostProcess, ProcessContext } from './host-process.ts';
import type { WorkloadFolder } from './workload-folder.ts';
import { onAbort } from '../../util/abort.ts';
import { settlesWithin } from '../../util/settles-within.ts';
import { ioOfTerminal } from '../terminal-io.ts';

/** A workload whose commands this process has started. */
export class HostWorkload implements Workload {
  readonly ref: WorkloadRef;
  readonly #folder: WorkloadFolder;
  readonly #containers: ReadonlyMap<string, HostCommand>;
  readonly #around: ProcessContext;
  readonly #removed: () => void;
  readonly #forced = new AbortController();
  /** The running commands of `exec` and `open`. */
  readonly #further = new Set<HostCommand>();
  #asked: Promise<unknown> | undefined;
  #disposed: Promise<void> | undefined;

  constructor(
    ref: WorkloadRef,
    folder: WorkloadFolder,
    containers: ReadonlyMap<string, HostCommand>,
    around: ProcessContext,
    removed: () => void,
  ) {
    this.ref = ref;
    this.#folder = folder;
    this.#containers = containers;
    this.#around = around;
    this.#removed = removed;
  }

  async exited(container: string): Promise<Exit> {
    return await this.#container(container).ended;
  }

  async ready(container: string, signal: AbortSignal): Promise<void> {
    this.#container(container);
    signal.throwIfAborted();
  }

  async *logs(
    container: string,
    from: Partial<Record<Stream, Cursor>>,
    signal: AbortSignal,
  ): AsyncGenerator<Chunk, void, undefined> {
    yield* this.#container(container).output.read(from, signal);
  }

  async exec(container: string, argv: readonly string[], io: ExecIo): Promise<Exit> {
    const started = await this.#command(container, argv, io.stdin !== undefined);
    if ('refused' in started) {
      await io.stderr?.(Buffer.from(`${started.refused}\n`));
      return { code: 127 };
    }
    const { command } = started;
    this.#further.add(command);
    using _stopped = onAbort(io.signal, () => void command.force());
    try {
      await Promise.all([feed(command.child, io.stdin), pour(command, io)]);
      return await command.ended;
    } finally {
      // The command still runs even if its output was refused.
      await command.force();
      this.#further.delete(command);
    }
  }

  /**
   * Runs without a pseudo terminal, since Node has none: line by line. A shell in the user's own terminal is better
   * (`localShell`).
   */
  async open(container: string, argv: readonly string[], terminal: Terminal): Promise<Exit> {
    return await this.exec(container, argv, ioOfTerminal(terminal));
  }

  async copyIn(container: string, tar: AsyncIterable<Uint8Array>, directory: string): Promise<void> {
    const path = this.#container(container).place.hostPath(directory);
    this.#around.confirm?.();
    if (path === undefined) throw new Error(`${directory} is not in a volume of the container "${container}"`);
    await extractTar(tar, path, new AbortController().signal);
  }

  async copyOut(container: string, path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    const onHost = this.#container(container).place.hostPath(path);
    if (onHost === undefined) return undefined;
    const found = await lstat(onHost).catch(noSuchPath);
    return found && packTar(onHost, basename(path), signal);
  }

  async forward(port: number): Promise<Forward> {
    // Processes of the host listen on the host.
    return { host: loopback, port, onRefused: () => undefined, [Symbol.asyncDispose]: async () => undefined };
  }

  async stop(graceMs: number): Promise<void> {
    this.#around.confirm?.();
    const running = [...this.#containers.values()].filter(({ child }) => !child.over);
    this.#asked ??= Promise.all(running.map(async ({ child }) => await child.terminate()));
    const ended = Promise.all(running.map(async ({ ended }) => await ended));
    if (!(await settlesWithin(ended, graceMs, this.#around.clock, this.#forced.signal))) await this.#force();
    await Promise.all(running.map(async ({ settled }) => await settled));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    await this.#force();
    // Without a reader, the rest in the pipes would never be read, and the descriptors would stay open.
    for (const { output } of this.#containers.values()) output.abandon();
    await this.#folder.remove();
    this.#removed();
  }

  /** Kills everything, and wakes up every waiting `stop`. */
  async #force(): Promise<void> {
    this.#around.confirm?.();
    this.#forced.abort();
    const containers = [...this.#containers.values()].map(async (container) => await container.force());
    await Promise.all([...containers, ...[...this.#further].map(async (command) => await command.force())]);
  }

  async #command(container: string, argv: readonly string[], input: boolean): Promise<StartedCommand> {
    const { place } = this.#container(container);
    const request = place.command(argv);
    const fifos = await makeOutputFifos([request]);
    this.#around.confirm?.();
    return await startCommand(place, request, { input: input ? 'pipe' : 'none', fifos, unread: false }, this.#around);
  }

  #container(name: string): HostCommand {
    const found = this.#containers.get(name);
    if (found === undefined) throw new Error(`workload ${this.ref.name} has no container "${name}"`);
    return found;
  }
}

function noSuchPath(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
  return undefined;
}

/** Copies the input until it ends or the process has ended. The input of a terminal has no end. */
async function feed({ stdin, ended }: HostProcess, input: AsyncIterable<Uint8Array> | undefined): Promise<void> {
  if (stdin === undefined || input === undefined) return;
  const source = input[Symbol.asyncIterator]();
  const over = ended.then(() => undefined);
  for (
    let next = await Promise.race([source.next(), over]);
    next !== undefined;
    next = await Promise.race([source.next(), over])
  ) {
    if (next.done === true) return void stdin.end();
    if (!stdin.write(next.value)) await Promise.race([once(stdin, 'drain'), over]);
  }
  // Do not await: a generator that waits for more input returns only when some arrives.
  void source.return?.()?.catch(() => undefined);
}

async function pour({ output }: HostCommand, io: ExecIo): Promise<void> {
  for await (const chunk of output.read({}, new AbortController().signal)) {
    if ('lost' in chunk) continue;
    if (chunk.stream === 'stderr') await io.stderr?.(chunk.bytes);
    else await io.stdout?.(chunk.bytes);
  }
}
