import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Verb } from '../../../src/runtime/fake/verb.ts';
import type { Observation, Stream, Work } from '../../../src/model/work.ts';
import type {
  Argument,
  Chunk,
  ContainerSpec,
  ExecIo,
  Exit,
  Labels,
  Runtime,
  Workload,
  WorkloadRef,
  WorkloadSpec,
} from '../../../src/runtime/runtime.ts';
import { labelKeys } from '../../../src/runtime/runtime.ts';
import { shellLanguage } from './shell-language.ts';
import type { RuntimeUnderTest } from './under-test.ts';

/** Options of a workload besides its commands. */
export interface Wanted extends Partial<Omit<WorkloadSpec, 'containers'>> {
  readonly container?: Partial<ContainerSpec>;
}

export interface Heard {
  /** The output of platforms that merge both streams. */
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly combined: Buffer;
  readonly lost: readonly string[];
  /** The last cursor of each stream with output. */
  readonly cursors: Partial<Record<Stream, number>>;
}

/** The helper of one test. Starts workloads with labels of its own, and checks at the end that nothing is left. */
export class Bench {
  readonly #language;
  readonly #started: { runtime: Runtime; ref: WorkloadRef; workload: Workload }[] = [];
  readonly #runtimes: Runtime[] = [];
  readonly observed: Observation[] = [];
  readonly labels: Labels;
  readonly image: string;
  readonly runtime: Runtime;
  #count = 0;
  readonly #opened: RuntimeUnderTest;

  constructor(opened: RuntimeUnderTest) {
    this.#opened = opened;
    this.#language = opened.language ?? shellLanguage;
    this.image = opened.image;
    this.runtime = opened.runtime;
    this.labels = {
      [labelKeys.store]: 'contract',
      [labelKeys.run]: randomBytes(8).toString('hex'),
      [labelKeys.step]: '1.1.1',
    };
  }

  /** Returns the argv for these verbs, in the language of the runtime. */
  argv(...verbs: readonly Verb[]): readonly [string, string, string] {
    return [this.#language.interpreter, '-c', this.#language.text(verbs)];
  }

  /** Returns the content of a script for these verbs. Run it with `scriptArgv`. */
  script(...verbs: readonly Verb[]): string {
    return this.#language.text(verbs);
  }

  scriptArgv(script: Argument): readonly Argument[] {
    return [this.#language.interpreter, script];
  }

  spec(verbs: readonly Verb[], wanted: Wanted = {}): WorkloadSpec {
    const { container, ...rest } = wanted;
    return {
      name: `contract-${this.labels[labelKeys.run] ?? ''}-${++this.#count}`,
      labels: { ...this.labels, [labelKeys.attempt]: '1', [labelKeys.lifetime]: 'step' },
      lifetime: 'step',
      volumes: [],
      pull: 'never',
      containers: [
        { name: 'main', image: this.image, command: this.argv(...verbs), env: {}, mounts: [], ...container },
      ],
      ...rest,
    };
  }

  work(signal: AbortSignal = new AbortController().signal): Work {
    const output = {
      write: () => undefined,
      lost: () => undefined,
      observe: (fact: Observation) => void this.observed.push(fact),
    };
    return { signal, output, clock: this.#opened.clock };
  }

  /** Starts a workload; fails the test if the start fails. */
  async start(verbs: readonly Verb[], wanted: Wanted = {}): Promise<Workload> {
    return await this.startSpec(this.spec(verbs, wanted));
  }

  async startSpec(spec: WorkloadSpec): Promise<Workload> {
    const outcome = await this.runtime.start(spec, this.work());
    if (outcome.status !== 'succeeded') throw new Error(`start: ${JSON.stringify(outcome)}`);
    return this.tracked(outcome.value);
  }

  /** Runs a workload to its end. */
  async run(verbs: readonly Verb[], wanted: Wanted = {}): Promise<Heard & { readonly exit: Exit }> {
    const workload = await this.start(verbs, wanted);
    const heard = await this.hear(workload);
    return { ...heard, exit: await workload.exited('main') };
  }

  /** Reads everything from the cursors to the container's end. */
  async hear(workload: Workload, from: Partial<Record<Stream, number>> = {}): Promise<Heard> {
    return heard(await allOf(workload.logs('main', from, new AbortController().signal)), from);
  }

  /** Reads the output until that of `stream` contains `text`. */
  async hearUntil(workload: Workload, text: string, stream: Stream = 'stdout'): Promise<Heard> {
    const chunks: Chunk[] = [];
    for await (const chunk of workload.logs('main', {}, new AbortController().signal)) {
      chunks.push(chunk);
      if (heard(chunks)[stream].includes(text)) return heard(chunks);
    }
    throw new Error(`the container ended without "${text}": ${JSON.stringify(heard(chunks).stdout.toString())}`);
  }

  /** Runs a command in the container to its end. */
  async exec(
    workload: Workload,
    verbs: readonly Verb[],
    io: Partial<ExecIo> = {},
  ): Promise<{ exit: Exit; stdout: Buffer; stderr: Buffer }> {
    const out: Uint8Array[] = [];
    const err: Uint8Array[] = [];
    const exit = await workload.exec('main', this.argv(...verbs), {
      signal: new AbortController().signal,
      stdout: (bytes) => void out.push(bytes),
      stderr: (bytes) => void err.push(bytes),
      ...io,
    });
    return { exit, stdout: Buffer.concat(out), stderr: Buffer.concat(err) };
  }

  async refs(labels: Labels = this.labels, runtime: Runtime = this.runtime): Promise<WorkloadRef[]> {
    return await allOf(runtime.find(labels, new AbortController().signal));
  }

  /** Restarts the workload as another client, without the runtime. */
  async restart(ref: WorkloadRef): Promise<void> {
    if (this.#opened.restart === undefined) throw new Error('the trait `restarts` needs a way to restart');
    await this.#opened.restart(ref);
  }

  /** Returns the engine as another process sees it. */
  async reopen(): Promise<Runtime> {
    const runtime = await this.#opened.reopen();
    this.#runtimes.push(runtime);
    return runtime;
  }

  tracked(workload: Workload): Workload {
    this.#started.push({ runtime: this.runtime, ref: workload.ref, workload });
    return workload;
  }

  /** Returns what exists of this test, read from the platform directly. */
  async leftovers(): Promise<readonly string[]> {
    return await this.#opened.leftovers(this.labels);
  }

  async close(): Promise<void> {
    await Promise.all(this.#started.map(async ({ workload }) => await workload[Symbol.asyncDispose]()));
    for (const runtime of this.#runtimes) await runtime[Symbol.asyncDispose]();
    const refs = await this.refs();
    const left = await this.leftovers();
    expect({ found: refs.map((ref) => ref.name), left }, 'left behind').toEqual({ found: [], left: [] });
  }
}

export async function allOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

/**
 * Joins the chunks by stream. Throws if cursors and bytes do not match (cursors count more bytes if a log driver widens
 * them).
 */
export function heard(chunks: readonly Chunk[], from: Partial<Record<Stream, number>> = {}): Heard {
  const bytes: Record<Stream, Uint8Array[]> = { stdout: [], stderr: [], combined: [] };
  const cursors: Partial<Record<Stream, number>> = {};
  const lost: string[] = [];
  for (const chunk of chunks) {
    const before = cursors[chunk.stream] ?? from[chunk.stream] ?? 0;
    if ('lost' in chunk) lost.push(chunk.lost);
    else {
      bytes[chunk.stream].push(chunk.bytes);
      if (chunk.cursor < before + chunk.bytes.length)
        throw new Error(`cursor ${chunk.cursor} after ${chunk.bytes.length} bytes from ${before} on`);
    }
    if (chunk.cursor < before) throw new Error(`cursor went back from ${before} to ${chunk.cursor}`);
    cursors[chunk.stream] = chunk.cursor;
  }
  return {
    stdout: Buffer.concat([...bytes.stdout, ...bytes.combined]),
    stderr: Buffer.concat(bytes.stderr),
    combined: Buffer.concat(bytes.combined),
    lost,
    cursors,
  };
}
