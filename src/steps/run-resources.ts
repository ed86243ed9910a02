import type { StepState } from '../events/run-state.ts';
import { filesOf, type Artifact, type FilesArtifact } from '../model/artifact.ts';
import { stepOrdinals, type StepId } from '../model/ids.ts';
import type { PlannedStep } from '../model/plan.ts';
import { isEnd } from '../model/status.ts';
import type { TarSource } from '../model/tree.ts';
import { commandLifetime, type CommandRecords } from '../runtime/command-records.ts';
import { RuntimeRefused } from '../runtime/runtime-refused.ts';
import { labelKeys, type Runtime, type Workload, type WorkloadRef } from '../runtime/runtime.ts';
import { mergedTree } from '../workspace/tree/merged-tree.ts';
import type { ArtifactStore } from '../workspace/workspace.ts';
import type { StepResult } from './step-runner.ts';
import type { RunIdentity } from './workload/make-workload-spec.ts';

/** What the steps of one run share: the workspace of each stage, and the workloads that exist. */
export class RunResources {
  readonly #identity: RunIdentity;
  readonly #runtimes: readonly Runtime[];
  readonly #commands: () => Promise<CommandRecords | undefined>;
  readonly #snapshot: TarSource;
  readonly #artifacts: ArtifactStore;
  readonly #made = new Map<StepId, readonly FilesArtifact[]>();
  /** The images and deployments of finished steps. */
  readonly #results = new Map<StepId, readonly Artifact[]>();
  /** Steps that were started and have ended. */
  readonly #ran = new Set<StepId>();
  /** Keyed by iteration and stage. */
  readonly #overlays = new Map<string, TarSource>();
  readonly #present = new Map<string, WorkloadRef>();
  /** Workloads that are being created, and so may exist. */
  readonly #starting = new Set<WorkloadRef>();
  readonly #stored: () => Promise<unknown>;
  /** Workloads to remove once the log has the end of their attempt. */
  readonly #ended = new Map<StepId, Workload[]>();
  /** The kept workload of the last failed attempt. */
  readonly #kept = new Map<StepId, Workload>();
  readonly #removals = new Set<Promise<void>>();
  readonly #problems: string[] = [];

  constructor(parts: {
    identity: RunIdentity;
    /** Every runtime where the run may have workloads. */
    runtimes: readonly Runtime[];
    /** The records of commands on this machine. Absent: the steps run none. */
    commands?: () => Promise<CommandRecords>;
    snapshot: TarSource;
    artifacts: ArtifactStore;
    stored: () => Promise<unknown>;
  }) {
    this.#identity = parts.identity;
    this.#runtimes = parts.runtimes;
    this.#commands = parts.commands ?? (async () => await Promise.resolve(undefined));
    this.#snapshot = parts.snapshot;
    this.#artifacts = parts.artifacts;
    this.#stored = parts.stored;
  }

  /** Returns the snapshot and, above it, the artifacts of earlier stages of the iteration in declared order. */
  layers(step: PlannedStep): readonly TarSource[] {
    const { iteration, stage } = stepOrdinals(step.id);
    const place = `${iteration}.${stage}`;
    let overlay = this.#overlays.get(place);
    if (overlay === undefined) {
      const earlier = [...this.#made]
        .map(([id, artifacts]) => ({ at: stepOrdinals(id), artifacts }))
        .filter(({ at }) => at.iteration === iteration && at.stage < stage)
        .sort((a, b) => a.at.stage - b.at.stage || a.at.step - b.at.step)
        .flatMap(({ artifacts }) => artifacts);
      if (earlier.length === 0) return [this.#snapshot];
      overlay = this.#artifacts.overlay(earlier);
      this.#overlays.set(place, overlay);
    }
    return [this.#snapshot, overlay];
  }

  /** Returns the same layers merged into one tree. */
  workspace(step: PlannedStep): TarSource {
    return mergedTree(this.layers(step));
  }

  /** Returns what the finished steps of an iteration made, in the order of their ends. */
  results(iteration: number): readonly Artifact[] {
    return [...this.#results].flatMap(([id, made]) => (stepOrdinals(id).iteration === iteration ? made : []));
  }

  /** Reports whether a step was started and has ended, however it ended. */
  hasRun(step: StepId): boolean {
    return this.#ran.has(step);
  }

  /** Called when the end of a step has been emitted. */
  finished(step: PlannedStep, result: StepResult): void {
    this.#ran.add(step.id);
    const files = filesOf(result.artifacts);
    if (files.length > 0) this.#made.set(step.id, files);
    this.#results.set(step.id, result.artifacts);
    if (!this.#ended.has(step.id)) return;
    // Wait for the store. A crash before that would find neither the end nor the workload, and run the step twice.
    const stored = this.#stored().then(
      () => this.removeEnded(step.id),
      () => undefined,
    );
    this.#track(stored);
  }

  /**
   * Takes over the run of an earlier process: claims its artifacts, ends its commands on this machine and removes its workloads.
   * Kept workloads and those in progress stay.
   */
  async takeOver(steps: Iterable<StepState>, signal: AbortSignal): Promise<void> {
    const known = new Map<string, StepState>();
    for (const step of steps) {
      known.set(step.planned.id, step);
      if (step.attempt > 0 && isEnd(step.status)) this.#ran.add(step.planned.id);
      this.#results.set(step.planned.id, step.artifacts);
      const files = filesOf(step.artifacts);
      if (files.length === 0) continue;
      this.#made.set(step.planned.id, files);
      for (const artifact of files) {
        await this.#artifacts.claim(stepOrdinals(step.planned.id).stage, step.planned.name, artifact);
      }
    }
    await this.#endCommands(signal);
    await this.#forEach(signal, (ref, runtime) => {
      const step = known.get(ref.labels[labelKeys.step] ?? '');
      const isInProgress = step?.status === 'inProgress' && ref.labels[labelKeys.attempt] === String(step.attempt);
      if (!isInProgress && step?.kept !== ref.name) this.#remove(ref, runtime.remove(ref, 0));
    });
  }

  /** Removes every workload of the run except kept ones. */
  async removeAll(steps: ReadonlyMap<string, StepState>, signal: AbortSignal): Promise<void> {
    await this.#forEach(signal, (ref, runtime) => {
      if (steps.get(ref.labels[labelKeys.step] ?? '')?.kept !== ref.name) this.#remove(ref, runtime.remove(ref, 0));
    });
    await this.#endCommands(signal);
    await this.#removed();
  }

  /** Marks a workload as possibly existing until the result is disposed. */
  starting(runtime: string, { name, labels }: Pick<WorkloadRef, 'name' | 'labels'>): Disposable {
    const ref: WorkloadRef = { runtime, id: '', name, labels, state: 'created' };
    this.#starting.add(ref);
    return { [Symbol.dispose]: () => void this.#starting.delete(ref) };
  }

  present(workload: Workload): void {
    this.#present.set(workload.ref.id, workload.ref);
  }

  /** Keeps a workload for `shell`. The next attempt of the step removes it. */
  keep(step: StepId, workload: Workload): void {
    this.#present.delete(workload.ref.id);
    this.#kept.set(step, workload);
  }

  /** Starts another attempt. The log already has the end of the one before. */
  nextAttempt(step: StepId): void {
    const kept = this.#kept.get(step);
    this.#kept.delete(step);
    if (kept !== undefined) this.ended(step, kept);
    this.removeEnded(step);
  }

  /** Marks a workload for removal. The removal waits until the end of the attempt is stored. */
  ended(step: StepId, workload: Workload): void {
    this.#ended.set(step, [...(this.#ended.get(step) ?? []), workload]);
  }

  /** Starts the removal of the workloads of ended attempts. */
  removeEnded(step: StepId): void {
    const workloads = this.#ended.get(step) ?? [];
    this.#ended.delete(step);
    for (const workload of workloads) this.#remove(workload.ref, workload[Symbol.asyncDispose]());
  }

  /** Waits until all removals have ended. Returns one sentence for each failed removal. */
  async settled(): Promise<readonly string[]> {
    await this.#removed();
    return this.#problems.splice(0);
  }

  leftBehind(): readonly WorkloadRef[] {
    return [...this.#present.values(), ...this.#starting];
  }

  async #removed(): Promise<void> {
    while (this.#removals.size > 0) await Promise.all(this.#removals);
    for (const step of [...this.#ended.keys()]) this.removeEnded(step);
    while (this.#removals.size > 0) await Promise.all(this.#removals);
  }

  /**
   * Calls `act` for each workload of the run. A refused search is reported at the end. Steps that need a workload find
   * out themselves.
   */
  async #forEach(signal: AbortSignal, act: (ref: WorkloadRef, runtime: Runtime) => void): Promise<void> {
    for (const runtime of this.#runtimes)
      try {
        for await (const ref of runtime.find(this.#labels(), signal)) act(ref, runtime);
      } catch (error) {
        if (!(error instanceof RuntimeRefused)) throw error;
        this.#problems.push(`cannot list the workloads of this run: ${error.message}`);
      }
  }

  /** Ends the commands of an earlier process, so that none works beside the attempt that replaces it. */
  async #endCommands(signal: AbortSignal): Promise<void> {
    const commands = await this.#commands();
    if (!commands) return;
    const labels = { ...this.#labels(), [labelKeys.lifetime]: commandLifetime };
    for await (const ref of commands.find(labels, signal)) {
      const removal = commands.remove(ref, 0);
      this.#remove(ref, removal);
      await removal.catch(() => undefined);
    }
  }

  #remove(ref: WorkloadRef, removal: Promise<void>): void {
    this.#track(
      removal.then(
        () => void this.#present.delete(ref.id),
        (error: unknown) => {
          const why = error instanceof Error ? error.message : String(error);
          this.#problems.push(
            `cannot remove ${ref.name}: ${why}; to remove it, run \`slipway doctor --clean\` with the \`--on\` of this run`,
          );
        },
      ),
    );
  }

  #track(removal: Promise<void>): void {
    const tracked = removal.finally(() => this.#removals.delete(tracked));
    this.#removals.add(tracked);
  }

  #labels(): Record<string, string> {
    return { [labelKeys.store]: this.#identity.store, [labelKeys.run]: this.#identity.run };
  }
}
