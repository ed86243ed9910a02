import type { Clock } from '../../model/clock.ts';
import type { Failure } from '../../model/outcome.ts';
import type { Cursor, Stream } from '../../model/work.ts';
import type { Argument, Chunk, ContainerSpec, Exit } from '../runtime.ts';
import type { Behaviour, FakeProgram } from './behaviour.ts';
import { FakeProcess } from './fake-process.ts';
import type { FakeTree } from './fake-tree.ts';
import { onAbort } from '../../util/abort.ts';

type Printed = {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
  readonly cursor: Cursor;
  readonly at: number;
};

/**
 * A shared reason: an `AbortSignal` without one creates an exception with a stack, which is most of the cost of a
 * container.
 */
const over = new Error('the container has ended');

/** A container of the fake engine. It keeps its output for ever and ends once. */
export class FakeContainer {
  readonly #printed: Printed[] = [];
  readonly #cursors = { stdout: 0, stderr: 0 };
  readonly #waiting = new Set<() => void>();
  /** Created only for programs. Most containers of a large test have none. */
  #killed: AbortController | undefined;
  #process: FakeProcess | undefined;
  #onTerm: FakeProcess['onTerm'] = 'default';
  #exit: Exit | undefined;
  #startedAt: number | undefined;
  readonly #clock: Clock;

  constructor(
    readonly spec: ContainerSpec,
    readonly volumes: ReadonlyMap<string, FakeTree>,
    clock: Clock,
  ) {
    this.#clock = clock;
  }

  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  /** Absent while it has not ended. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  get ended(): boolean {
    return this.#exit !== undefined;
  }

  async exited(): Promise<Exit> {
    while (this.#exit === undefined) await this.#change();
    return this.#exit;
  }

  /** Runs what the script decided. The caller handles `failStart`. */
  begin(behaviour: Exclude<Behaviour, { does: 'failStart' }>, loseEngine: () => void): void {
    this.#startedAt = this.#clock.now();
    if (behaviour.does === 'run') return this.#run(behaviour.program);
    const files = Object.entries(behaviour.files ?? {});
    if (files.length > 0) {
      const running = this.process(this.spec.command);
      for (const [path, content] of files) running.writeFile(path, Buffer.from(content));
    }
    if (behaviour.stdout !== undefined) this.#print('stdout', Buffer.from(behaviour.stdout));
    if (behaviour.stderr !== undefined) this.#print('stderr', Buffer.from(behaviour.stderr));
    if (behaviour.does === 'exit') this.#end({ code: behaviour.code, at: this.#clock.now() });
    else if (behaviour.does === 'hang') this.#onTerm = behaviour.onTerm ?? 'default';
    else loseEngine();
  }

  /** Runs another process in the container. Its output is not the container's. */
  process(
    argv: readonly Argument[],
    io: { print?: FakeProcess['print']; killed?: AbortSignal; stdin?: AsyncIterable<Uint8Array> } = {},
  ): FakeProcess {
    this.#killed ??= new AbortController();
    if (this.ended) this.#killed.abort(over);
    const killed = io.killed ? AbortSignal.any([io.killed, this.#killed.signal]) : this.#killed.signal;
    return new FakeProcess(
      this.spec,
      this.volumes,
      argv,
      io.print ?? ((stream, bytes) => this.#print(stream, bytes)),
      killed,
      io.stdin,
    );
  }

  terminate(): void {
    const onTerm = this.#process?.onTerm ?? this.#onTerm;
    if (onTerm === 'default') this.#end({ code: 143, signal: 'SIGTERM', at: this.#clock.now() });
    else if (onTerm !== 'ignore') this.#end({ code: onTerm, at: this.#clock.now() });
  }

  kill(): void {
    this.#end({ code: 137, signal: 'SIGKILL', at: this.#clock.now() });
  }

  fail(failure: Failure): void {
    this.#end({ failure, at: this.#clock.now() });
  }

  /** @param since leaves out what was printed before */
  async *logs(
    from: Partial<Record<Stream, Cursor>>,
    signal: AbortSignal,
    since = -Infinity,
  ): AsyncGenerator<Chunk, void, undefined> {
    for (let next = 0; !signal.aborted;) {
      const chunk = this.#printed[next];
      if (chunk !== undefined) {
        next++;
        if (chunk.at < since) continue;
        const missing = (from[chunk.stream] ?? 0) - (chunk.cursor - chunk.bytes.length);
        if (missing < chunk.bytes.length)
          yield { stream: chunk.stream, bytes: chunk.bytes.subarray(Math.max(0, missing)), cursor: chunk.cursor };
      } else if (this.ended) return;
      else await this.#change(signal);
    }
  }

  #run(program: FakeProgram): void {
    const running = this.process(this.spec.command);
    this.#process = running;
    void program(running).then(
      (code) => this.#end({ code, at: this.#clock.now() }),
      // A program is part of a test, so its errors must be visible there.
      (error: unknown) =>
        this.#end({
          failure: { code: 'internal', name: 'FakeProgram', message: String(error) },
          at: this.#clock.now(),
        }),
    );
  }

  #print(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    if (this.ended || bytes.length === 0) return;
    this.#cursors[stream] += bytes.length;
    this.#printed.push({ stream, bytes, cursor: this.#cursors[stream], at: this.#clock.now() });
    this.#changed();
  }

  #end(exit: Exit): void {
    if (this.#exit !== undefined) return;
    this.#exit = exit;
    this.#killed?.abort(over);
    this.#changed();
  }

  #changed(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  async #change(signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        listener[Symbol.dispose]();
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      const listener = onAbort([signal], () => queueMicrotask(wake));
    });
  }
}
