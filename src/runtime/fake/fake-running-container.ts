import { posix } from 'node:path';
import type { ConfirmOwner } from '../../model/ownership.ts';
import type { ExecIo, Exit, Files, Forward } from '../container-io.ts';
import { placeOf } from '../mounts.ts';
import { checkedPath } from '../remove-paths.ts';
import type { ContainerRef, LogChunk, LogPosition, RunningContainer } from '../running-container.ts';
import { RuntimeRefused } from '../runtime-refused.ts';
import type { StatusFeed } from '../status-feed.ts';
import { execInFake } from './exec-in-fake.ts';
import type { FakeContainer } from './fake-container.ts';
import type { FakeTree } from './fake-tree.ts';
import { FedContainer } from '../fed-container.ts';

/** A container of the fake engine that a watch found. Only its volumes have files. */
export class FakeRunningContainer extends FedContainer implements RunningContainer {
  readonly files: Files;
  readonly #processes: () => readonly FakeContainer[];
  readonly #confirm: ConfirmOwner | undefined;

  /** @param processes returns those of the container, oldest first; none once it is gone */
  constructor(
    readonly ref: ContainerRef,
    feed: StatusFeed,
    processes: () => readonly FakeContainer[],
    confirm: ConfirmOwner | undefined,
  ) {
    super(feed);
    this.#processes = processes;
    this.#confirm = confirm;
    this.files = {
      copyIn: async (tar, directory, signal) => await this.#copyIn(tar, directory, signal),
      copyOut: async (path, signal) => await this.#copyOut(path, signal),
      remove: async (paths, signal) => await this.#remove(paths, signal),
    };
  }

  async *logs({ cursors = {}, since }: LogPosition, asked: AbortSignal): AsyncGenerator<LogChunk, void, undefined> {
    const signal = this.feed.within(asked);
    const base = { stdout: 0, stderr: 0 };
    const read = new Set<FakeContainer>();
    while (!signal.aborted) {
      const seen = this.feed.status;
      const next = this.#processes().find((process) => !read.has(process));
      if (next === undefined) {
        if (this.feed.over) return;
        await this.feed.changed(seen, signal);
        continue;
      }
      read.add(next);
      for await (const chunk of next.logs({}, signal, since)) {
        if (chunk.stream === 'combined' || 'lost' in chunk) continue;
        const cursor = base[chunk.stream] + chunk.bytes.length;
        base[chunk.stream] = cursor;
        const left = cursor - (cursors[chunk.stream] ?? 0);
        if (left > 0) yield { stream: chunk.stream, bytes: chunk.bytes.subarray(-left), cursor };
      }
    }
  }

  async exec(argv: readonly string[], io: ExecIo): Promise<Exit> {
    io.signal.throwIfAborted();
    const process = this.#processes().at(-1);
    if (process === undefined || process.ended)
      return { failure: { code: 'workload-deleted', detail: `container ${this.ref.name} is not running` } };
    this.#confirm?.();
    const exit = await execInFake(process, argv, io);
    io.signal.throwIfAborted();
    return exit;
  }

  async forward(): Promise<Forward> {
    throw refused('the fake runtime has no network');
  }

  async #copyIn(tar: AsyncIterable<Uint8Array>, directory: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const found = await this.#find(directory);
    if (found === undefined || !found.tree.hasFolder(found.path))
      throw refused(`cannot write ${directory} in the container: the folder does not exist`);
    this.#confirm?.();
    await found.tree.unpack(tar, found.path);
  }

  async #copyOut(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    signal.throwIfAborted();
    const found = await this.#find(path);
    return found?.tree.pack(found.path, posix.basename(path));
  }

  async #remove(paths: readonly string[], signal: AbortSignal): Promise<void> {
    const checked = paths.map(checkedPath);
    signal.throwIfAborted();
    this.#confirm?.();
    for (const path of checked) {
      const found = await this.#find(path);
      found?.tree.remove(found.path);
    }
  }

  async #find(path: string): Promise<{ tree: FakeTree; path: string } | undefined> {
    const process = this.#processes().at(-1);
    if (process === undefined)
      throw new RuntimeRefused(
        { code: 'workload-deleted', detail: 'the container no longer exists' },
        new Error('the container no longer exists'),
      );
    const place = placeOf(path, process.spec.mounts);
    const tree = place && process.volumes.get(place.volume);
    await tree?.fill(new AbortController().signal);
    return tree && { tree, path: place.path };
  }
}

function refused(detail: string): RuntimeRefused {
  return new RuntimeRefused({ code: 'unsupported', detail }, new Error(detail));
}
