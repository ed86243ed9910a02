import { randomBytes } from 'node:crypto';
import type { Exit, Labels, Runtime } from '../../../src/runtime/runtime.ts';
import type { Verb } from '../../../src/runtime/fake/verb.ts';
import type { Stream, Work } from '../../../src/model/work.ts';
import type {
  ContainerChange,
  ContainerSelector,
  ContainerStatus,
  LogChunk,
  LogPosition,
  RunningContainer,
  RunningContainers,
} from '../../../src/runtime/running-container.ts';
import { shellLanguage } from '../runtime/shell-language.ts';
import type { BreakableRuntime, OutsideContainer, RunningUnderTest } from './under-test.ts';

/** The helper of one test. Creates containers with a label of its own, and removes them at the end. */
export class RunningBench {
  readonly labels: Labels;
  readonly image: string;
  readonly runtime: Runtime;
  readonly #opened: RunningUnderTest;
  readonly #names: string[] = [];
  readonly #watches: Watch[] = [];
  readonly #breakable: BreakableRuntime[] = [];

  constructor(opened: RunningUnderTest) {
    this.#opened = opened;
    this.runtime = opened.runtime;
    this.image = opened.image;
    this.labels = { 'slipway.test/running': randomBytes(8).toString('hex') };
  }

  argv(...verbs: readonly Verb[]): readonly string[] {
    const language = this.#opened.language ?? shellLanguage;
    return [language.interpreter, '-c', language.text(verbs)];
  }

  /** Creates a container that runs these verbs. @returns its name */
  async create(
    verbs: readonly Verb[],
    wanted: Partial<Omit<OutsideContainer, 'name'>> & { readonly labels?: Labels } = {},
  ): Promise<string> {
    const name = `running-${randomBytes(6).toString('hex')}`;
    this.#names.push(name);
    const { labels = {}, ...rest } = wanted;
    await this.#opened.create({
      name,
      command: this.argv(...verbs),
      restart: 'never',
      ...rest,
      labels: { ...this.labels, ...labels },
    });
    return name;
  }

  async remove(name: string): Promise<void> {
    await this.#opened.remove(name);
  }

  watch(selector: ContainerSelector = { labels: this.labels }, runtime: Runtime = this.runtime): Watch {
    if (runtime.running === undefined) throw new Error('the runtime finds no containers');
    const watch = new Watch(runtime.running, selector);
    this.#watches.push(watch);
    return watch;
  }

  /** Creates a container and finds it. */
  async found(verbs: readonly Verb[], wanted: Parameters<RunningBench['create']>[1] = {}): Promise<RunningContainer> {
    const watch = this.watch();
    await this.create(verbs, wanted);
    return await watch.appeared();
  }

  /** The same, once its process runs. */
  async running(verbs: readonly Verb[], wanted: Parameters<RunningBench['create']>[1] = {}): Promise<RunningContainer> {
    const container = await this.found(verbs, wanted);
    await until(container, ({ state }) => state.phase === 'running');
    return container;
  }

  async exec(container: RunningContainer, ...verbs: readonly Verb[]): Promise<Exit & { readonly stdout: string }> {
    const parts: Uint8Array[] = [];
    const stdout = (bytes: Uint8Array) => void parts.push(bytes);
    const exit = await container.exec(this.argv(...verbs), { signal: new AbortController().signal, stdout });
    return { ...exit, stdout: Buffer.concat(parts).toString() };
  }

  work(): Work {
    const output = { write: () => undefined, lost: () => undefined, observe: () => undefined };
    return { signal: new AbortController().signal, output, clock: this.#opened.clock };
  }

  async breakable(): Promise<BreakableRuntime> {
    if (this.#opened.breakable === undefined) throw new Error('the trait `cuts` needs a way to cut');
    const opened = await this.#opened.breakable();
    this.#breakable.push(opened);
    return opened;
  }

  async close(): Promise<void> {
    for (const watch of this.#watches) await watch.stop();
    for (const opened of this.#breakable) await opened[Symbol.asyncDispose]();
    for (const name of this.#names) await this.#opened.remove(name);
  }
}

/** Reads the changes of one watch, from its creation on. */
export class Watch {
  readonly changes: ContainerChange[] = [];
  readonly #cancel = new AbortController();
  readonly #over: Promise<void>;
  #wake: () => void = () => undefined;
  #failure: Error | undefined;

  constructor(containers: RunningContainers, selector: ContainerSelector) {
    this.#over = (async () => {
      for await (const change of containers.watch(selector, this.#cancel.signal)) {
        this.changes.push(change);
        this.#wake();
      }
    })().catch((error: unknown) => {
      this.#failure = error as Error;
      this.#wake();
    });
  }

  /** Returns the first change from `from` on that fits. */
  async until(fits: (change: ContainerChange) => boolean, from = 0): Promise<ContainerChange> {
    for (let at = from; ;) {
      for (; at < this.changes.length; at++) if (fits(this.changes[at]!)) return this.changes[at]!;
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        const before = this.#wake;
        this.#wake = () => {
          before();
          resolve();
        };
      });
    }
  }

  async connected(from = 0): Promise<void> {
    await this.until(({ change }) => change === 'connected', from);
  }

  /** Returns a container that appeared. @param name absent: the first one */
  async appeared(name?: string): Promise<RunningContainer> {
    const found = await this.until(
      (each) => each.change === 'appeared' && (name === undefined || each.container.ref.group === name),
    );
    if (found.change !== 'appeared') throw new Error('unreachable');
    return found.container;
  }

  async gone(name: string): Promise<void> {
    await this.until((each) => each.change === 'gone' && each.container.ref.group === name);
  }

  get names(): readonly string[] {
    return this.changes.flatMap((each) => (each.change === 'appeared' ? [each.container.ref.group] : []));
  }

  /** Rejects if the watch threw. */
  async stop(): Promise<void> {
    this.#cancel.abort();
    await this.#over;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }
}

/** Waits for a status. */
export async function until(
  container: RunningContainer,
  fits: (status: ContainerStatus) => boolean,
): Promise<ContainerStatus> {
  for await (const status of container.statuses(new AbortController().signal)) if (fits(status)) return status;
  throw new Error(`the container is gone: ${JSON.stringify(container.status())}`);
}

/** Collects the output of a container from a position on. */
export class Output implements AsyncDisposable {
  readonly #cancel = new AbortController();
  readonly #reading: Promise<void>;
  readonly chunks: LogChunk[] = [];
  #over = false;
  #wake: () => void = () => undefined;

  constructor(container: RunningContainer, from: LogPosition = {}) {
    this.#reading = (async () => {
      const cursors = { ...from.cursors };
      for await (const chunk of container.logs(from, this.#cancel.signal)) {
        const before = cursors[chunk.stream] ?? 0;
        if (chunk.cursor < before + ('bytes' in chunk ? chunk.bytes.length : 0))
          throw new Error(`cursor ${chunk.cursor} after ${before}`);
        cursors[chunk.stream] = chunk.cursor;
        this.chunks.push(chunk);
        this.#wake();
      }
    })().finally(() => {
      this.#over = true;
      this.#wake();
    });
    this.#reading.catch(() => undefined);
  }

  text(stream?: Stream): string {
    const parts = this.chunks.flatMap((chunk) =>
      'bytes' in chunk && (stream === undefined || chunk.stream === stream) ? [chunk.bytes] : [],
    );
    return Buffer.concat(parts).toString();
  }

  get lost(): readonly string[] {
    return this.chunks.flatMap((chunk) => ('lost' in chunk ? [chunk.lost] : []));
  }

  /** Where another reader continues. */
  get position(): LogPosition {
    const cursors = Object.fromEntries(this.chunks.map(({ stream, cursor }) => [stream, cursor]));
    const mark = this.chunks.findLast((chunk) => chunk.mark !== undefined)?.mark;
    return { cursors, ...(mark !== undefined && { mark }) };
  }

  /** Waits until the text so far fits. */
  async until(fits: (text: string) => boolean): Promise<string> {
    for (;;) {
      if (fits(this.text())) return this.text();
      if (this.#over) {
        await this.#reading;
        throw new Error(`the output ended: ${JSON.stringify(this.text().slice(-300))}`);
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Waits until the output ends by itself. */
  async ended(): Promise<string> {
    await this.#reading;
    return this.text();
  }

  /** Ends the reading. Rejects if it failed. */
  async stop(): Promise<void> {
    this.#cancel.abort();
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
