import type { StepState } from '../events/run-state.ts';
import { filesOf, type FilesArtifact } from '../model/artifact.ts';
import { stepOrdinals, type StepId } from '../model/ids.ts';
import type { PlannedStep } from '../model/plan.ts';
import type { TarSource } from '../model/tree.ts';
import { RuntimeRefused } from '../runtime/runtime-refused.ts';
import { labelKeys, type Runtime, type Workload, type WorkloadRef } from '../runtime/runtime.ts';
import { mergedTree } from '../workspace/tree/merged-tree.ts';
import type { ArtifactStore } from '../workspace/workspace.ts';
import type { StepResult } from './step-runner.ts';
import type { RunIdentity } from './workload/make-workload-spec.ts';

/**
 * What the steps of one run share: the tree as each stage sees it, and the workloads that are there.
 */
export class RunResources {
  readonly #identity: RunIdentity;
  readonly #runtime: Runtime;
  readonly #snapshot: TarSource;
  readonly #artifacts: ArtifactStore;
  readonly #made = new Map<StepId, readonly FilesArtifact[]>();
  /** By iteration and stage. */
  readonly #overlays = new Map<string, TarSource>();
  readonly #present = new Map<string, WorkloadRef>();
  /** What is being created, and so may exist. */
  readonly #starting = new Set<WorkloadRef>();
  readonly #stored: () => Promise<unknown>;
  /** Workloads that nobody needs any more once the log says how their step went. */
  readonly #ended = new Map<StepId, Workload[]>();
  /** What is kept of the attempt that failed last. */
  readonly #kept = new Map<StepId, Workload>();
  readonly #removals = new Set<Promise<void>>();
  readonly #problems: string[] = [];

  constructor(parts: {
    identity: RunIdentity;
    runtime: Runtime;
    snapshot: TarSource;
    artifacts: ArtifactStore;
    stored: () => Promise<unknown>;
  }) {
    this.#identity = parts.identity;
    this.#runtime = parts.runtime;
    this.#snapshot = parts.snapshot;
    this.#artifacts = parts.artifacts;
    this.#stored = parts.stored;
  }

  /** The snapshot, and over it what the steps of earlier stages of the iteration made, in the order of declaration. */
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

  /** These as one tree. */
  workspace(step: PlannedStep): TarSource {
    return mergedTree(this.layers(step));
  }

  /** Called when the end of a step has been told to the log. */
  finished(step: PlannedStep, result: StepResult): void {
    const files = filesOf(result.artifacts);
    if (files.length > 0) this.#made.set(step.id, files);
    if (!this.#ended.has(step.id)) return;
    // Not before it is stored: a crash in between would find neither the end nor the workload, and run the step twice.
    const stored = this.#stored().then(
      () => this.removeEnded(step.id),
      () => undefined,
    );
    this.#track(stored);
  }

  /**
   * Takes over from an earlier process: what its steps made, and what they left; kept workloads and those in progress
   * stay.
   */
  async takeOver(steps: Iterable<StepState>, signal: AbortSignal): Promise<void> {
    const known = new Map<string, StepState>();
    for (const step of steps) {
      known.set(step.planned.id, step);
      const files = filesOf(step.artifacts);
      if (files.length === 0) continue;
      this.#made.set(step.planned.id, files);
      for (const artifact of files) {
        await this.#artifacts.claim(stepOrdinals(step.planned.id).stage, step.planned.name, artifact);
      }
    }
    await this.#forEach(signal, (ref) => {
      const step = known.get(ref.labels[labelKeys.step] ?? '');
      const goesOn = step?.status === 'inProgress' && ref.labels[labelKeys.attempt] === String(step.attempt);
      if (!goesOn && step?.kept !== ref.name) this.#remove(ref, this.#runtime.remove(ref, 0));
    });
  }

  /** Removes every workload of the run but kept ones. */
  async removeAll(steps: ReadonlyMap<string, StepState>, signal: AbortSignal): Promise<void> {
    await this.#forEach(signal, (ref) => {
      if (steps.get(ref.labels[labelKeys.step] ?? '')?.kept !== ref.name)
        this.#remove(ref, this.#runtime.remove(ref, 0));
    });
    await this.#removed();
  }

  /** From now on something may exist under this name, until the result is disposed. */
  starting(runtime: string, { name, labels }: Pick<WorkloadRef, 'name' | 'labels'>): Disposable {
    const ref: WorkloadRef = { runtime, id: '', name, labels, state: 'created' };
    this.#starting.add(ref);
    return { [Symbol.dispose]: () => void this.#starting.delete(ref) };
  }

  present(workload: Workload): void {
    this.#present.set(workload.ref.id, workload.ref);
  }

  /** Kept on purpose: no longer ours to remove, unless another attempt follows; people look into the last one. */
  keep(step: StepId, workload: Workload): void {
    this.#present.delete(workload.ref.id);
    this.#kept.set(step, workload);
  }

  /** Another attempt begins: the log says already how those before it went. */
  nextAttempt(step: StepId): void {
    const kept = this.#kept.get(step);
    this.#kept.delete(step);
    if (kept !== undefined) this.ended(step, kept);
    this.removeEnded(step);
  }

  /** To be removed when the end of the attempt is stored; nobody has to wait for that before the run's end. */
  ended(step: StepId, workload: Workload): void {
    this.#ended.set(step, [...(this.#ended.get(step) ?? []), workload]);
  }

  /** Begins to remove what ended attempts of a step left. */
  removeEnded(step: StepId): void {
    const workloads = this.#ended.get(step) ?? [];
    this.#ended.delete(step);
    for (const workload of workloads) this.#remove(workload.ref, workload[Symbol.asyncDispose]());
  }

  /** Removes what is left to be removed; when all of it is gone, what could not be removed, in sentences for people. */
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
   * The workloads of the run. Where they cannot be looked for that is told at the end: steps that need one of them find
   * it out for themselves.
   */
  async #forEach(signal: AbortSignal, act: (ref: WorkloadRef) => void): Promise<void> {
    try {
      for await (const ref of this.#runtime.find(this.#labels(), signal)) act(ref);
    } catch (error) {
      if (!(error instanceof RuntimeRefused)) throw error;
      this.#problems.push(`what the run left could not be looked for: ${error.message}`);
    }
  }

  #remove(ref: WorkloadRef, removal: Promise<void>): void {
    this.#track(
      removal.then(
        () => void this.#present.delete(ref.id),
        (error: unknown) => {
          const why = error instanceof Error ? error.message : String(error);
          this.#problems.push(
            `${ref.name} could not be removed: ${why}; \`slipway doctor --clean\` with the \`--on\` of this run removes it`,
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
