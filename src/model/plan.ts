import type { Digest, StepId } from './ids.ts';
import type { Place } from './place.ts';

/**
 * When a stage runs, given the stages before it (docs/design/wharf.md, "Stages"). `needs`: always unless the run is
 * cancelled, so that only the `needs` of its steps decide.
 */
export type RunCondition = 'success' | 'fail' | 'always' | 'needs';

/** What happens to the other steps of a stage after a failure: pipelines cancel them, builds continue. */
export type FailurePolicy = 'cancelSiblings' | 'continue';

/**
 * All stages and steps of an iteration in order, including those that will be skipped. Stored in `iteration.planned`.
 */
export interface Plan {
  readonly stages: readonly PlannedStage[];
}

/**
 * What a stage does on the way from source code to running containers. `follow`: shows what was deployed until the user
 * stops it.
 */
export type Phase = 'build' | 'test' | 'render' | 'deploy' | 'follow' | 'verify' | 'exec';

export interface PlannedStage {
  readonly ordinal: number;
  readonly name: string;
  readonly runsIf: RunCondition;
  readonly onFailure: FailurePolicy;
  /** What its steps do, where they all do the same. */
  readonly phase?: Phase;
  /** How many of its steps may be in progress at once; 0: all. Absent: as the run says (`--jobs`). */
  readonly jobs?: number;
  /** Not selected: excluded by `--stage`, or limited to other environments. */
  readonly notSelected?: true;
  readonly declaredAt?: Place;
  readonly steps: readonly PlannedStep[];
}

export interface PlannedStep {
  readonly id: StepId;
  /** Unique in its stage. */
  readonly name: string;
  /** Steps of the same stage, or of earlier ones, that must succeed before this one starts. */
  readonly needs: readonly StepId[];
  readonly notSelected?: true;
  readonly policy: StepPolicy;
  /** Globs relative to the workspace's root. */
  readonly artifacts: readonly string[];
  /** Paths relative to the workspace's root, kept between runs of the project. */
  readonly cache: readonly string[];
  readonly spec: StepSpec;
  /** Only for a step that substitutes variables in files: the variables that these must not use. */
  readonly elsewhere?: readonly VariableElsewhere[];
  readonly declaredAt?: Place;
  /** What stands before the lines of containers that the step follows. */
  readonly linePrefix?: LinePrefix;
  /** The fields to show of their lines that are JSON objects. Absent: whole lines. */
  readonly lineFields?: readonly string[];
}

/** `auto`: pod and container, without a pod that is named like its container. */
export type LinePrefix = 'container' | 'podAndContainer' | 'auto' | 'none';

/** A variable that only other environments of the file define. */
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

/** The programs that tool steps run: in an image or on the host. */
export type ToolName = 'kubectl' | 'helm' | 'nuget';

/** A part of a value: a text, or the name of a secret in its place. */
export type ValuePart = string | { readonly secret: string };

/** A variable that the plan uses, with its final value and source. */
export type UsedVariable =
  /** `text`: the text to substitute if it differs from `String(value)`, such as `1.50`. */
  | { readonly name: string; readonly source: string; readonly value: unknown; readonly text?: string }
  /** A password. Its value is never stored (docs/design/product.md, "Secrets"). */
  | { readonly name: string; readonly source: string; readonly secretHash: string; readonly mapped?: never }
  /** A key of an operator's secret. No `${name}` refers to it. `name` is for people. */
  | {
      readonly name: string;
      readonly source: string;
      readonly secretHash: string;
      readonly mapped: { readonly secret: string; readonly key: string };
    }
  /** A value that contains secrets. */
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
