import type { Digest, StepId } from './ids.ts';
import type { Place } from './place.ts';

/** When a stage runs, given the stages before it (docs/design/wharf.md 1.3, `runs-if`). */
export type RunCondition = 'success' | 'fail' | 'always';

/** What happens to the other steps of a stage after a failure: pipelines cancel them, builds continue. */
export type FailurePolicy = 'cancelSiblings' | 'continue';

/**
 * All stages and steps of an iteration in order, including those that will be skipped. Stored in `iteration.planned`.
 */
export interface Plan {
  readonly stages: readonly PlannedStage[];
}

export interface PlannedStage {
  readonly ordinal: number;
  readonly name: string;
  readonly runsIf: RunCondition;
  readonly onFailure: FailurePolicy;
  /** Not selected: excluded by `--stage`, or limited to other environments. */
  readonly notSelected?: true;
  readonly declaredAt?: Place;
  readonly steps: readonly PlannedStep[];
}

export interface PlannedStep {
  readonly id: StepId;
  /** Unique in its stage. */
  readonly name: string;
  /** Steps of the same stage that must succeed before this one starts. */
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
}

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
 * The checked work of a step. The plan has all texts as written, with their `${name}`s. The executor receives them
 * after substitution (`wharf/vars/filled-in.ts`). More members will follow: builds, deploys, tests.
 */
export type StepSpec =
  ContainerStepSpec | DockerStepSpec | HelmStepSpec | HelmPackageStepSpec | KubectlStepSpec | NugetPackageStepSpec;

/** A boolean, or before substitution the variable that gives it. */
export type Flag = boolean | { readonly variable: string };

/** The fields of every step that runs as a workload. */
interface InWorkload {
  readonly env: Readonly<Record<string, string>>;
  readonly memoryBytes?: number;
}

export interface ContainerStepSpec extends InWorkload {
  readonly kind: 'container';
  readonly image: string;
  readonly commands: readonly string[];
  /** The path or name of the shell in the image. */
  readonly shell: string;
  readonly os: string;
  /** A secret of the operator. Its keys become environment variables. */
  readonly secretName?: string;
  readonly serviceAccount?: string;
  /** The mount path of the operator's certificates. */
  readonly certificatesMountPath?: string;
}

/** Builds one image from a Dockerfile and pushes it. */
export interface DockerStepSpec {
  readonly kind: 'docker';
  /** The Dockerfile, relative to the workspace's root. */
  readonly file: string;
  /** The build context, relative to the workspace's root. `''` is the whole workspace. */
  readonly context: string;
  /** One tag, or several separated by commas. */
  readonly tag: string;
  /** The image name without a tag. Absent: derived from `repository` (docs/design/wharf.md 1.5). */
  readonly destination?: string;
  /**
   * The parts of the default destination: `registry/group/project`, followed by `/name` if the name differs from the
   * project's.
   */
  readonly repository?: {
    readonly registry: string;
    readonly group: string;
    readonly project: string;
    readonly name: string;
  };
  readonly push: Flag;
  /** Each is `NAME=value` or `NAME`. */
  readonly args: readonly string[];
  /** A secret of the operator with the values of `secretArgs`. */
  readonly secretName?: string;
  readonly secretArgs: readonly { readonly arg: string; readonly key: string }[];
  /** A secret of the operator to push with. `''`: none. Absent: `defaultSecret`, else the user's own logins. */
  readonly secret?: string;
  /** `${REG_SECRET}`. Unchanged after substitution if the variable is undefined. */
  readonly defaultSecret: string;
  /**
   * Whether to add the operator's certificates to the trusted ones of the image. Absent: if the group starts with
   * `default`.
   */
  readonly appendCert?: Flag;
  /**
   * Whether to use plain HTTP or accept unknown certificates: `REG_INSECURE`. Still a variable after substitution if it
   * is undefined.
   */
  readonly insecure: Flag;
}

/** `helm upgrade --install`. */
export interface HelmStepSpec extends InWorkload {
  readonly kind: 'helm';
  readonly chart: string;
  readonly name: string;
  readonly namespace: string;
  /** `''`: none, because the chart is a folder, a file or an OCI reference. */
  readonly repo: string;
  readonly set: Readonly<Record<string, string>>;
  /** Values files with variables, relative to the workspace's root. Later ones override earlier ones. */
  readonly files: readonly string[];
  readonly chartVersion?: string;
  readonly helmVersion?: string;
  /** A cluster of the operator's file. Absent: `kubectl-config` if mapped, else the cluster of the command line. */
  readonly cluster?: string;
  /** A secret of the operator. Its key `config.json` logs in to the chart's registry. */
  readonly secret?: string;
  /** `${HELM_REG_SECRET}`. Unchanged after substitution if the variable is undefined. */
  readonly defaultSecret: string;
}

/** `helm package` and `helm push`. */
export interface HelmPackageStepSpec extends InWorkload {
  readonly kind: 'helm-package';
  /** The chart's folder, relative to the workspace's root. */
  readonly chartPath: string;
  readonly version?: string;
  readonly destination: string;
  readonly secret?: string;
  readonly defaultSecret: string;
}

export interface KubectlStepSpec extends InWorkload {
  readonly kind: 'kubectl';
  readonly action: string;
  readonly namespace?: string;
  /** Manifests or folders of manifests with variables, relative to the workspace's root. */
  readonly files: readonly string[];
  readonly force: Flag;
  readonly cluster?: string;
}

/** `dotnet pack` and `dotnet nuget push`. */
export interface NugetPackageStepSpec extends InWorkload {
  readonly kind: 'nuget-package';
  readonly version: string;
  readonly projectPath: string;
  readonly repo: string;
  readonly skipDuplicate: Flag;
  readonly certificatesMountPath?: string;
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

/** The tree that a run works on, read once at the run's start. */
export interface WorkspaceRef {
  readonly digest: Digest;
  readonly files: number;
  readonly bytes: number;
}
