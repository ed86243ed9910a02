import type { ConfirmOwner } from '../../model/ownership.ts';
import { posix } from 'node:path';
import type { Clock } from '../../model/clock.ts';
import type { Cursor, Stream } from '../../model/work.ts';
import { placeOf } from '../mounts.ts';
import type { Chunk, ExecIo, Exit, Forward, Terminal, Workload, WorkloadRef } from '../runtime.ts';
import type { FakeContainer } from './fake-container.ts';
import type { FakeEngine, FakeRecord } from './fake-engine.ts';
import type { FakeTree } from './fake-tree.ts';
import { execInFake } from './exec-in-fake.ts';
import { settlesWithin } from '../../util/settles-within.ts';
import { ioOfTerminal } from '../terminal-io.ts';

const over = new Error('the wait is over');

/** One handle of a workload. Using it after disposal is a bug of the caller, and throws. */
export class FakeWorkload implements Workload {
  /** Set only while a caller waits for a grace period. */
  #forced: AbortController | undefined;
  #asked = false;
  #disposed = false;
  readonly #record: FakeRecord;
  readonly #engine: FakeEngine;
  readonly #around: { readonly clock: Clock; readonly confirm?: ConfirmOwner };

  constructor(
    readonly ref: WorkloadRef,
    record: FakeRecord,
    engine: FakeEngine,
    around: { readonly clock: Clock; readonly confirm?: ConfirmOwner },
  ) {
    this.#record = record;
    this.#engine = engine;
    this.#around = around;
  }

  async exited(container: string): Promise<Exit> {
    return await this.#container(container).exited();
  }

  async ready(container: string, signal: AbortSignal): Promise<void> {
    this.#living(container);
    signal.throwIfAborted();
  }

  logs(
    container: string,
    from: Partial<Record<Stream, Cursor>>,
    signal: AbortSignal,
  ): AsyncGenerator<Chunk, void, undefined> {
    return this.#living(container).logs(from, signal);
  }

  async exec(container: string, argv: readonly string[], io: ExecIo): Promise<Exit> {
    const living = this.#living(container);
    this.#around.confirm?.();
    if (living.ended) throw new Error(`exec in "${container}", which has ended`);
    return await execInFake(living, argv, io);
  }

  async open(container: string, argv: readonly string[], terminal: Terminal): Promise<Exit> {
    return await this.exec(container, argv, ioOfTerminal(terminal));
  }

  async copyIn(container: string, tar: AsyncIterable<Uint8Array>, directory: string): Promise<void> {
    const found = await this.#find(container, directory);
    this.#around.confirm?.();
    if (found === undefined) throw new Error(`${directory} is not in a volume of the container "${container}"`);
    await found.tree.unpack(tar, found.path);
  }

  async copyOut(container: string, path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    signal.throwIfAborted();
    const found = await this.#find(container, path);
    return found?.tree.pack(found.path, posix.basename(path));
  }

  async forward(): Promise<Forward> {
    throw new Error('the fake runtime has no network');
  }

  async stop(graceMs: number): Promise<void> {
    const containers = [...this.#record.containers.values()];
    this.#around.confirm?.();
    if (!this.#asked) for (const container of containers) container.terminate();
    this.#asked = true;
    this.#forced ??= new AbortController();
    const ended = Promise.all(containers.map(async (container) => await container.exited()));
    await settlesWithin(ended, graceMs, this.#around.clock, this.#forced.signal);
    this.#force();
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#around.confirm?.();
    this.#disposed = true;
    this.#force();
    this.#engine.remove(this.#record);
  }

  #force(): void {
    this.#around.confirm?.();
    this.#forced?.abort(over);
    for (const container of this.#record.containers.values()) container.kill();
  }

  async #find(container: string, path: string): Promise<{ tree: FakeTree; path: string } | undefined> {
    const place = placeOf(path, this.#living(container).spec.mounts);
    const tree = place && this.#record.volumes.get(place.volume);
    await tree?.fill(new AbortController().signal);
    return tree && { tree, path: place.path };
  }

  #living(container: string): FakeContainer {
    if (this.#disposed) throw new Error(`workload ${this.ref.name} was used after it was disposed`);
    return this.#container(container);
  }

  #container(name: string): FakeContainer {
    const found = this.#record.containers.get(name);
    if (found === undefined) throw new Error(`workload ${this.ref.name} has no container "${name}"`);
    return found;
  }
}
