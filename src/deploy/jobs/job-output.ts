import type { Work } from '../../model/work.ts';
import type { ContainerStatus, RunningContainer, RunningContainers } from '../../runtime/running-container.ts';
import { aborted } from '../../util/abort.ts';
import { settlesWithin } from '../../util/settles-within.ts';
import type { SeenEnd } from './container-outcome.ts';

/** The container of a job. */
export interface ContainerOfJob {
  /** They distinguish the pods of the job from all others. */
  readonly labels: Readonly<Record<string, string>>;
  readonly container: string;
}

/** How long output may pause after the end of its container before the rest of it counts as lost. */
const restMs = 15_000;

/** Writes the output of the container of a job, and sees how it ends. Follows it until it is disposed. */
export class JobOutput implements AsyncDisposable {
  /** Resolves when the container has ended, or can never start. Rejects for a bug. */
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();
  readonly #seen = new AbortController();
  /** Resolves when all output is written. */
  readonly #written: Promise<void>;
  readonly #work: Pick<Work, 'output' | 'clock'>;
  readonly #onStart: () => void;
  #end: SeenEnd | undefined;
  #hasPod = false;
  #hasStarted = false;
  #chunks = 0;

  /** @param onStart called when the container has started */
  constructor(
    of: ContainerOfJob,
    running: RunningContainers,
    work: Pick<Work, 'output' | 'clock'>,
    onStart: () => void,
  ) {
    this.#work = work;
    this.#onStart = onStart;
    this.#written = this.#follow(of, running);
    this.ended = Promise.race([this.#written, aborted(this.#seen.signal, this.#stop.signal)]);
    for (const each of [this.#written, this.ended]) each.catch(() => undefined);
  }

  /** How the container ended. Absent: it is not known to have ended. */
  get end(): SeenEnd | undefined {
    return this.#end;
  }

  get hasPod(): boolean {
    return this.#hasPod;
  }

  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Waits for the rest of the output after the end of the container. Reports what does not come as lost. */
  async rest(signal: AbortSignal): Promise<void> {
    for (let before = -1; this.#chunks > before;) {
      before = this.#chunks;
      if (await settlesWithin(this.#written, restMs, this.#work.clock, signal)) return;
      if (signal.aborted) break;
    }
    await this[Symbol.asyncDispose]();
    const why = signal.aborted ? 'the step was stopped' : `nothing came for ${restMs / 1_000} s`;
    if (this.#hasStarted) this.#work.output.lost('combined', `the end of the output is missing: ${why}`);
  }

  /** Stops following. Writes nothing afterwards. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled([this.#written]);
  }

  async #follow({ labels, container: name }: ContainerOfJob, running: RunningContainers): Promise<void> {
    const { signal } = this.#stop;
    try {
      for await (const change of running.watch({ labels, container: name }, signal)) {
        if (change.change !== 'appeared') continue;
        this.#hasPod = true;
        const { container } = change;
        await Promise.all([this.#write(container), this.#watch(container)]);
        // There is one pod: a job of Slipway tries once.
        return;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #write(container: RunningContainer): Promise<void> {
    const { output } = this.#work;
    for await (const chunk of container.logs({}, this.#stop.signal)) {
      this.#chunks++;
      if ('lost' in chunk) output.lost(chunk.stream, chunk.lost);
      else {
        const stored = output.write(chunk.stream, chunk.bytes);
        if (stored !== undefined) await stored;
      }
    }
    // Its log is complete, so its state is final.
    this.#note(container, container.status());
    this.#seen.abort();
  }

  async #watch(container: RunningContainer): Promise<void> {
    for await (const status of container.statuses(AbortSignal.any([this.#stop.signal, this.#seen.signal])))
      this.#note(container, status);
  }

  #note({ ref }: RunningContainer, { state, leaving }: ContainerStatus): void {
    const runs = state.phase === 'running' || (state.phase === 'ended' && state.startedAt !== undefined);
    if (runs && !this.#hasStarted) {
      this.#hasStarted = true;
      this.#onStart();
    }
    if (state.phase !== 'ended' || this.#end !== undefined) return;
    const { phase: _, ...end } = state;
    this.#end = { ...end, pod: ref.group, ...(leaving && { leaving }) };
    this.#seen.abort();
  }
}
