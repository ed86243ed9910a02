/**
 * Everything that differs between kinds of steps. A front end registers one descriptor for each of its kinds. No other
 * code branches on `StepSpec.kind`.
 */
import type { PlannedStage, StepSpec } from '../model/plan.ts';
import type { CommandRecords } from '../runtime/command-records.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { StepText } from '../words/step-text.ts';
import type { StepRunner } from './step-runner.ts';
import type { WorkloadStepContext } from './workload/workload-step.ts';

/** What the steps of one run share. There is one object for each run. */
export interface StepContext extends WorkloadStepContext {
  /** The plan of the iteration. */
  readonly stages: readonly PlannedStage[];
  /** Where images are built. */
  readonly builds: Runtime;
  /** Where workloads are deployed. */
  readonly deploys: Runtime;
  /** Records the commands that steps run on this machine. */
  readonly commands: () => Promise<CommandRecords>;
}

export interface StepKind<Spec extends StepSpec = StepSpec> {
  readonly kind: string;
  /** Loads the runner. Commands that only read a log never call it. */
  load(): Promise<(context: StepContext) => StepRunner<Spec>>;
  /** Runtime capabilities that such a step needs. Default: none. */
  readonly needs?: readonly Capability[];
  /** Set if an interrupted attempt cannot be adopted: its work ended with the process that started it. */
  readonly restarts?: true;
  /** Returns what a step uses of the operator's file. Texts may contain variables, or come from a stored plan. */
  uses(spec: Spec): OperatorUses;
  /** Reports whether a step fills variables into files of the workspace. Default: it does not. */
  fillsFiles?(spec: Spec): boolean;
  /** Returns the shell of its container. Default: `/bin/sh`. */
  shell?(spec: Spec): string;
  text(spec: Spec): StepText;
}

/**
 * `images`: the step builds images, where the run builds them (`Runtime.images`). `containers`: it runs an image as it is, where
 * steps run, so no process of the host can take its place.
 */
export type Capability = 'images' | 'containers';

/** What a step uses of the operator's file. */
export interface OperatorUses {
  /** Names of clusters. `undefined` is the default cluster. */
  readonly clusters?: readonly (string | undefined)[];
  readonly certificates?: boolean;
  /** The step runs a tool. The operator may choose its image. */
  readonly tools?: boolean;
  /** The secret whose keys become environment variables of the step. */
  readonly environment?: string;
}

/** The kinds of one front end, or of all. A plan names the kind only, so each name is used once. */
export class StepKinds {
  readonly #kinds: ReadonlyMap<string, StepKind>;

  constructor(kinds: readonly StepKind[]) {
    this.#kinds = new Map(kinds.map((kind) => [kind.kind, kind]));
    const repeated = kinds.find((kind) => this.#kinds.get(kind.kind) !== kind);
    if (repeated) throw new Error(`two step kinds are called ${repeated.kind}`);
  }

  /** Returns the descriptor of a kind. Throws for an unknown kind: the front end has already checked the plan. */
  of(spec: Pick<StepSpec, 'kind'>): StepKind {
    const found = this.#kinds.get(spec.kind);
    if (found === undefined) throw new Error(`unknown step kind: ${spec.kind}`);
    return found;
  }

  /** Reports whether a kind is one of these. */
  has(spec: Pick<StepSpec, 'kind'>): boolean {
    return this.#kinds.has(spec.kind);
  }

  get all(): readonly StepKind[] {
    return [...this.#kinds.values()];
  }

  /** Returns the text of a step. A kind of a newer version, from its log, has only its name. */
  text(spec: StepSpec): StepText {
    return this.#kinds.get(spec.kind)?.text(spec) ?? { summary: spec.kind, details: [], notes: [] };
  }

  /** The kinds whose interrupted attempts cannot be adopted. */
  get restarting(): ReadonlySet<string> {
    return new Set([...this.#kinds.values()].filter(({ restarts }) => restarts === true).map(({ kind }) => kind));
  }
}

/** Widens a descriptor of one kind to `StepKind`. */
export function stepKind<Spec extends StepSpec>(kind: StepKind<Spec>): StepKind {
  return kind;
}
