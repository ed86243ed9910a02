/**
 * Everything that differs between kinds of steps. A front end registers one descriptor for each of its kinds; nothing
 * else decides by `StepSpec.kind`.
 */
import type { StepSpec } from '../model/plan.ts';
import type { StepText } from '../words/step-text.ts';
import type { StepRunner } from './step-runner.ts';
import type { WorkloadStepContext } from './workload/workload-step.ts';

/** What the steps of one run share; one object for each run. */
export type StepContext = WorkloadStepContext;

export interface StepKind<Spec extends StepSpec = StepSpec> {
  readonly kind: string;
  /** Loads the code that runs such steps; commands that only read a log do without it. */
  load(): Promise<(context: StepContext) => StepRunner<Spec>>;
  /** Capabilities of a runtime that a step needs. Default: none. */
  readonly needs?: readonly Capability[];
  /** Set where an interrupted attempt cannot be adopted: its work ended with the process that began it. */
  readonly restarts?: true;
  /** What of the operator's file a step uses. Texts may still hold variables, or be those of a stored plan. */
  uses(spec: Spec): OperatorUses;
  /** Reports whether a step fills variables into files of the workspace. Default: it does not. */
  fillsFiles?(spec: Spec): boolean;
  /** Returns the shell of its container. Default: `/bin/sh`. */
  shell?(spec: Spec): string;
  text(spec: Spec): StepText;
}

/** `images`: it builds images (`Runtime.images`). */
export type Capability = 'images';

/** What a step uses of the operator's file. */
export interface OperatorUses {
  /** Names of clusters; `undefined`: the default one. */
  readonly clusters?: readonly (string | undefined)[];
  readonly certificates?: boolean;
  /** It runs a tool, whose image the operator may choose. */
  readonly tools?: boolean;
  /** The secret whose keys become environment variables of the step. */
  readonly environment?: string;
}

/** The kinds of one front end. */
export class StepKinds {
  readonly #kinds: ReadonlyMap<string, StepKind>;

  constructor(kinds: readonly StepKind[]) {
    this.#kinds = new Map(kinds.map((kind) => [kind.kind, kind]));
  }

  /** Throws for a kind that is not registered: a plan was checked by the front end that registered it. */
  of(spec: Pick<StepSpec, 'kind'>): StepKind {
    const found = this.#kinds.get(spec.kind);
    if (found === undefined) throw new Error(`unknown kind of step: ${spec.kind}`);
    return found;
  }

  /** A log may hold kinds of a newer version: these have no text but their name. */
  text(spec: StepSpec): StepText {
    return this.#kinds.get(spec.kind)?.text(spec) ?? { summary: spec.kind, details: [], notes: [] };
  }

  /** The kinds whose interrupted attempts start again. */
  get restarting(): ReadonlySet<string> {
    return new Set([...this.#kinds.values()].filter(({ restarts }) => restarts === true).map(({ kind }) => kind));
  }
}

/** A descriptor whose functions take the specification of its own kind, as one of any kind. */
export function stepKind<Spec extends StepSpec>(kind: StepKind<Spec>): StepKind {
  return kind;
}
