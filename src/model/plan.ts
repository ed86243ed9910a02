import type { Digest, StepId } from './ids.ts';
import type { Place } from './place.ts';

/** When a stage runs, given how the stages before it ended (docs/design/wharf.md, "Stages"). */
export type RunCondition = 'success' | 'fail' | 'always';

/** What becomes of the other steps of a stage when one fails: pipelines cancel them, builds go on. */
export type FailurePolicy = 'cancelSiblings' | 'continue';

/** Everything that will happen in an iteration, or be skipped, in order; stored whole with `iteration.planned`. */
export interface Plan {
  readonly stages: readonly PlannedStage[];
}

/** What a stage does on the way from source code to running containers. */
export type Phase = 'build' | 'test' | 'render' | 'deploy' | 'verify';

export interface PlannedStage {
  readonly ordinal: number;
  readonly name: string;
  readonly runsIf: RunCondition;
  readonly onFailure: FailurePolicy;
  /** What its steps do, where they all do the same. */
  readonly phase?: Phase;
  /** How many of its steps may be in progress at once; 0: all. Absent: as the run says (`--jobs`). */
  readonly jobs?: number;
  /** Not to be run, whatever came before: by `--stage` or because its environment is not the selected one. */
  readonly notSelected?: true;
  readonly declaredAt?: Place;
  readonly steps: readonly PlannedStep[];
}

export interface PlannedStep {
  readonly id: StepId;
  /** Unique in its stage. */
  readonly name: string;
  /** Steps of the same stage that must have ended well before this one starts. */
  readonly needs: readonly StepId[];
  readonly notSelected?: true;
  readonly policy: StepPolicy;
  /** Globs from the workspace's root. */
  readonly artifacts: readonly string[];
  /** Paths from the workspace's root, kept per project between runs. */
  readonly cache: readonly string[];
  readonly spec: StepSpec;
  /** Of a step that fills in files: what these must not use. */
  readonly elsewhere?: readonly VariableElsewhere[];
  readonly declaredAt?: Place;
}

/** A variable that environments of the file define, but not the selected one. */
export interface VariableElsewhere {
  readonly name: string;
  readonly environments: readonly string[];
}

export interface StepPolicy {
  /** For one attempt. */
  readonly timeoutMs?: number;
  /** Further attempts after the first. */
  readonly retries: number;
  readonly allowFailure: boolean;
}

/**
 * The work of a step, as its front end checked it. Only the step kind with this name (`steps/step-kind.ts`) knows the
 * other fields; all else treats them as data. The plan holds each text as it is written; a runner gets the
 * specification with its variables filled in.
 */
export interface StepSpec {
  readonly kind: string;
}

/** Returns the memory limit, in bytes, of a step that runs as a workload. */
export function memoryLimitOf(spec: StepSpec): number | undefined {
  return 'memoryBytes' in spec ? (spec.memoryBytes as number | undefined) : undefined;
}

/** Programs that steps of a kind run: in an image, or on the host. */
export type ToolName = 'kubectl' | 'helm' | 'nuget';

/** A piece of a value: text, or the name of a secret whose value stands there. */
export type ValuePart = string | { readonly secret: string };

/**
 * A variable that the plan used, with its value and where that came from; nothing in a value is to be filled in any
 * more.
 */
export type UsedVariable =
  /** `text`: how it is put into a text, where that is not `String(value)`: `1.50`. */
  | { readonly name: string; readonly source: string; readonly value: unknown; readonly text?: string }
  /** A password: its value is stored nowhere (docs/design/product.md, "Secrets"). */
  | { readonly name: string; readonly source: string; readonly secretHash: string; readonly mapped?: never }
  /** A key of one of the operator's secrets; no `${name}` means it. `name` is for people. */
  | {
      readonly name: string;
      readonly source: string;
      readonly secretHash: string;
      readonly mapped: { readonly secret: string; readonly key: string };
    }
  /** Its value has secrets in it. */
  | { readonly name: string; readonly source: string; readonly parts: readonly ValuePart[] };

/** As it goes into the plan; a secret's hash is made where its value is known. */
export type PlannedVariable = { readonly name: string; readonly source: string } & (
  | { readonly value: unknown; readonly text?: string }
  | { readonly secret: true; readonly at?: Place }
  | { readonly parts: readonly ValuePart[] }
);

/** The tree that a run works on, as it was read once at the run's start. */
export interface WorkspaceRef {
  readonly digest: Digest;
  readonly files: number;
  readonly bytes: number;
}

/** Reports whether a new run runs a step. */
export function isSelected(stage: Pick<PlannedStage, 'notSelected'>, step: Pick<PlannedStep, 'notSelected'>): boolean {
  return stage.notSelected !== true && step.notSelected !== true;
}
