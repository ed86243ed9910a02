import type { Digest, StepId } from './ids.ts';
import type { Place } from './place.ts';
import type { EndStatus } from './status.ts';

/** When a stage runs, given how the stages before it ended (wharf.md 1.3, `runs-if`). */
export type RunCondition = 'success' | 'fail' | 'always';

/** What becomes of the other steps of a stage when one fails: pipelines cancel them, builds go on. */
export type FailurePolicy = 'cancelSiblings' | 'continue';

/** Everything that will happen in an iteration, or be skipped, in order; stored whole with `iteration.planned`. */
export interface Plan {
  readonly stages: readonly PlannedStage[];
}

export interface PlannedStage {
  readonly ordinal: number;
  readonly name: string;
  readonly runsIf: RunCondition;
  readonly onFailure: FailurePolicy;
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
  readonly declaredAt?: Place;
}

export interface StepPolicy {
  /** For one attempt. */
  readonly timeoutMs?: number;
  /** Further attempts after the first. */
  readonly retries: number;
  readonly allowFailure: boolean;
}

/** The work of a step, checked, before substitution. Grows by members: `docker`, `kubectl`, `helm`, builds, deploys. */
export type StepSpec = ContainerStepSpec;

export interface ContainerStepSpec {
  readonly kind: 'container';
  readonly image: string;
  readonly commands: readonly string[];
  /** Path or name of the shell inside the image. */
  readonly shell: string;
  readonly os: string;
  readonly env: Readonly<Record<string, string>>;
  readonly memoryBytes?: number;
  readonly secretName?: string;
  readonly serviceAccount?: string;
  readonly certificatesMountPath?: string;
}

/** A variable that the plan used, with its value and where that came from; of secrets only the name and a scrypt hash. */
export type UsedVariable =
  | { readonly name: string; readonly source: string; readonly value: unknown }
  | { readonly name: string; readonly source: string; readonly secretHash: string };

/** The tree that a run works on, as it was read once at the run's start. */
export interface WorkspaceRef {
  readonly digest: Digest;
  readonly files: number;
  readonly bytes: number;
}

export interface StageEnd {
  readonly status: EndStatus;
}
