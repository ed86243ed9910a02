/**
 * What a front end gives to the engine. A front end knows one format of configuration file. The engine sees only its
 * plans.
 * A front end locates a project, reads and checks it, makes the plan, and fills in its own variables
 * (docs/design/architecture.md, "Front ends").
 */
import type { BuildRequest } from './build-request.ts';
import type { Checked, CodeTable, Diagnostic } from '../model/diagnostic.ts';
import type { GivenInput } from '../model/given-input.ts';
import type { Plan, PlannedStage, PlannedStep, PlannedVariable, StepSpec, UsedVariable } from '../model/plan.ts';
import type { VariableScope } from '../model/variable-scope.ts';
import type { OperatorNames } from '../operator/operator-names.ts';
import type { RunSecrets } from '../secrets/run-secrets.ts';
import type { PlanLanguage, WrittenPlan } from '../secrets/stored-plan.ts';
import type { WrittenPassword } from '../secrets/written-password.ts';
import type { StepKinds } from '../steps/step-kind.ts';
import type { WantedPlace } from '../model/wanted-place.ts';

export interface FrontEnd {
  /** The name of the configuration file, relative to a project's folder: `.wharf-ci.yml`. */
  readonly file: string;
  readonly kinds: StepKinds;
  readonly language: PlanLanguage;
  /** Returns the diagnostic codes of this language only. */
  codes(): Promise<CodeTable>;
  /** Reads and checks the configuration, and makes its plan. */
  load(request: PipelineRequest): Promise<Read<ReadPipeline>>;
  /** Reads every variable that the configuration could use, including wrong uses. */
  variables(request: PipelineRequest): Promise<Read<VariableScope>>;
  /** Returns the names of the configuration's parts. Returns `undefined` if the file cannot be read. */
  outline(path: string): Promise<PipelineOutline | undefined>;
  /** Returns the value of each variable of a stored or new plan. @param secrets values of password inputs */
  values(variables: readonly UsedVariable[], secrets: Pick<ReadonlyMap<string, string>, 'get'>): VariableValues;
  /** Returns a specification with its variables filled in. An undefined name stays as it is written. */
  fill(spec: StepSpec, values: VariableValues): StepSpec;
  /**
   * Checks for values that are too large once secrets are filled in.
   * @param runs reports whether a step will run
   */
  checkSizes(
    plan: WrittenPlan,
    secrets: RunSecrets,
    runs: (stage: PlannedStage, step: PlannedStep) => boolean,
  ): readonly Diagnostic[];
}

/** Texts by the names of variables. They may hold secrets, so they are never stored. */
export type VariableValues = ReadonlyMap<string, string>;

/** The result of reading. Its secrets are known even if the file is wrong, so that no message shows them. */
export type Read<T> = Checked<T> & {
  /** Every value given for an input. */
  readonly given: readonly GivenInput[];
  readonly passwords: readonly WrittenPassword[];
};

/** A pipeline with the parts that only runs need. */
export interface ReadPipeline extends LoadedPipeline {
  /** The variables that selected steps use, each with its final value. */
  readonly variables: readonly PlannedVariable[];
  /** The names that selected steps use from the operator's file. */
  readonly names: OperatorNames;
  /** Where the run works, if the configuration says more than the command line. */
  readonly places?: { readonly steps?: WantedPlace; readonly builds?: WantedPlace; readonly deploys?: WantedPlace };
}

export interface PipelineRequest {
  /** What to build of a `skaffold.yaml`. Absent: the request is for a pipeline. */
  readonly build?: BuildRequest;
  /** A folder or a configuration file, absolute. */
  readonly path: string;
  /** `--root`: the workspace, a parent of the configuration's folder. */
  readonly root?: string;
  readonly stages: readonly string[];
  readonly steps: readonly string[];
  readonly environment?: string;
  /** `validate` checks every part of the file, even parts that could not run now. Default: `run`. */
  readonly purpose?: 'run' | 'validate';
  /** `--input name=value` and `SLIPWAY_INPUT_NAME` in the given order. The last one wins. */
  readonly inputs: readonly GivenInput[];
  /** `--build-id`: `BUILD_REF`. Absent: the number of the run, or of the next run. */
  readonly buildId?: string;
  /** `--project-id`: `PROJECT_ID`. */
  readonly projectId?: string;
  /**
   * Where the steps would run, in order of preference. The cluster of `--on kubernetes` is also the cluster of steps
   * that name none.
   */
  readonly on?: readonly string[];
  /**
   * `--kube-context`: the cluster of steps that name none, by its name in the user's own kubeconfig. Also applies to
   * `--on kubernetes`.
   */
  readonly kubeContext?: string;
  /**
   * Returns the number of the run, or of the next run. `BUILD_REF` is this number unless another source defines it
   * (docs/design/wharf.md, "Variables"). Called only if the file may mention it, because the call opens the store.
   * Absent: any number is accepted.
   */
  readonly runNumber?: () => Promise<number>;
  /** Stops what the front end waits for: Git, the network, a program. Reading then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called as soon as the file accepts the command line. Not called if the file rejects it. */
  readonly accepted?: () => void;
}

export interface LoadedPipeline {
  readonly name: string;
  readonly directory: string;
  readonly file: string;
  readonly plan: Plan;
  readonly environments: readonly string[];
  /** Returns the plan as a run would have it: variables filled in, secrets as `***`. */
  filled(): Plan;
}

/** The names of a pipeline's parts, for completion. */
export interface PipelineOutline {
  readonly stages: readonly { readonly name: string; readonly steps: readonly string[] }[];
  readonly environments: readonly string[];
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    /** The values of a choice. */ readonly values: readonly string[];
  }[];
}
