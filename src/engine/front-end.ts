/**
 * What a front end gives to the engine: it knows one format of configuration file, and the engine sees only its plans.
 * A front end locates a project, reads and checks it, makes the plan, and fills in its own variables
 * (docs/design/architecture.md, "Front ends").
 */
import type { Checked, Diagnostic } from '../model/diagnostic.ts';
import type { GivenInput } from '../model/given-input.ts';
import type { Plan, PlannedStage, PlannedStep, PlannedVariable, StepSpec, UsedVariable } from '../model/plan.ts';
import type { VariableScope } from '../model/variable-scope.ts';
import type { OperatorNames } from '../operator/operator-names.ts';
import type { RunSecrets } from '../secrets/run-secrets.ts';
import type { WrittenPlan } from '../secrets/stored-plan.ts';
import type { WrittenPassword } from '../secrets/written-password.ts';
import type { StepKinds } from '../steps/step-kind.ts';

export interface FrontEnd {
  /** The name of its file, relative to a project's folder: `.wharf-ci.yml`. */
  readonly file: string;
  readonly kinds: StepKinds;
  /** Reads and checks the configuration, and makes its plan. */
  load(request: PipelineRequest): Promise<Read<ReadPipeline>>;
  /** Reads every variable that the configuration could use, also where it is wrong. */
  variables(request: PipelineRequest): Promise<Read<VariableScope>>;
  /** Returns the names of the configuration's parts; `undefined` where the file cannot be read. */
  outline(path: string): Promise<PipelineOutline | undefined>;
  /** Returns what each variable of a stored or new plan is replaced by. @param secrets values of password inputs */
  values(variables: readonly UsedVariable[], secrets: Pick<ReadonlyMap<string, string>, 'get'>): VariableValues;
  /** Returns a specification with its variables filled in. An undefined name stays as it is written. */
  fill(spec: StepSpec, values: VariableValues): StepSpec;
  /**
   * Checks what grows too large once secrets are filled in.
   * @param runs reports whether a step is to be run
   */
  checkSizes(
    plan: WrittenPlan,
    secrets: RunSecrets,
    runs: (stage: PlannedStage, step: PlannedStep) => boolean,
  ): readonly Diagnostic[];
}

/** Texts by the names of variables. They may hold secrets, so they are never stored. */
export type VariableValues = ReadonlyMap<string, string>;

/** What reading found. Its secrets are known also where the file is wrong, so that no message shows them. */
export type Read<T> = Checked<T> & {
  /** Every value that was given for an input. */
  readonly given: readonly GivenInput[];
  readonly passwords: readonly WrittenPassword[];
};

/** A pipeline with what only runs need of it. */
export interface ReadPipeline extends LoadedPipeline {
  /** Those that selected steps use, each with its final value. */
  readonly variables: readonly PlannedVariable[];
  /** What the selected steps use of the operator's file. */
  readonly names: OperatorNames;
}

export interface PipelineRequest {
  /** A folder or a `.wharf-ci.yml`, absolute. */
  readonly path: string;
  /** `--root`: a parent of the configuration's folder that is the workspace instead. */
  readonly root?: string;
  readonly stages: readonly string[];
  readonly steps: readonly string[];
  readonly environment?: string;
  /** `validate`: every part of the file is checked, also what could not be run now; default `run`. */
  readonly purpose?: 'run' | 'validate';
  /** `--input name=value` and `SLIPWAY_INPUT_NAME`, in the order given, the last wins. */
  readonly inputs: readonly GivenInput[];
  /** `--build-id`: `BUILD_REF`; absent: the number that the run has, or the next one would have. */
  readonly buildId?: string;
  /** `--project-id`: `PROJECT_ID`. */
  readonly projectId?: string;
  /**
   * Where the steps would run, by preference; the cluster of `--on kubernetes` is also that of steps that name none.
   */
  readonly on?: readonly string[];
  /**
   * `--kube-context`: the cluster of steps that name none, as the user's own kubeconfig calls it; of `--on kubernetes`,
   * too.
   */
  readonly kubeContext?: string;
  /**
   * The number that `BUILD_REF` is where nothing else defines it (docs/design/wharf.md, "Variables"): of the run, or of
   * the next one. Asked for only where something may mention it, as the store has to be opened for it. Absent: any
   * number does.
   */
  readonly runNumber?: () => Promise<number>;
  /** Called as soon as it is known that the command line fits the file, and not at all otherwise. */
  readonly accepted?: () => void;
}

export interface LoadedPipeline {
  readonly name: string;
  readonly directory: string;
  readonly file: string;
  readonly plan: Plan;
  readonly environments: readonly string[];
  /** The plan as a run would have it: variables filled in, secrets as `***`. */
  filled(): Plan;
}

/** Names, for who is about to write one. */
export interface PipelineOutline {
  readonly stages: readonly { readonly name: string; readonly steps: readonly string[] }[];
  readonly environments: readonly string[];
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    /** Of a choice. */ readonly values: readonly string[];
  }[];
}
