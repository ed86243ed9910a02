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
 * The work of a step, checked. In the plan every text is as it is written, with its `${name}`s; whoever runs it is
 * handed the same with variables filled in (`wharf/vars/filled-in.ts`). Grows by members: builds, deploys, tests.
 */
export type StepSpec =
  ContainerStepSpec | DockerStepSpec | HelmStepSpec | HelmPackageStepSpec | KubectlStepSpec | NugetPackageStepSpec;

/** A boolean, or, until variables are filled in, the one that stands for it. */
export type Flag = boolean | { readonly variable: string };

/** What every step has that runs as a workload. */
interface InWorkload {
  readonly env: Readonly<Record<string, string>>;
  readonly memoryBytes?: number;
}

export interface ContainerStepSpec extends InWorkload {
  readonly kind: 'container';
  readonly image: string;
  readonly commands: readonly string[];
  /** Path or name of the shell inside the image. */
  readonly shell: string;
  readonly os: string;
  /** Of the operator's `secrets`: its keys become environment variables. */
  readonly secretName?: string;
  readonly serviceAccount?: string;
  /** Where the operator's `certificates` are mounted. */
  readonly certificatesMountPath?: string;
}

/** The build of one image from a Dockerfile, and its push. */
export interface DockerStepSpec {
  readonly kind: 'docker';
  /** The Dockerfile, from the workspace's root. */
  readonly file: string;
  /** The folder that is sent as the context, from the workspace's root; `''` is all of it. */
  readonly context: string;
  /** One or several, between commas. */
  readonly tag: string;
  /** The image without its tag; absent: made from `repository` (docs/design/wharf.md, "Step types"). */
  readonly destination?: string;
  /**
   * What the default destination is made of: `registry/group/project`, with `/name` behind it where that is another
   * one.
   */
  readonly repository?: {
    readonly registry: string;
    readonly group: string;
    readonly project: string;
    readonly name: string;
  };
  readonly push: Flag;
  /** Each `NAME=value`, or `NAME`. */
  readonly args: readonly string[];
  /** Of the operator's `secrets`: the values of `secretArgs`. */
  readonly secretName?: string;
  readonly secretArgs: readonly { readonly arg: string; readonly key: string }[];
  /** Of the operator's `secrets`: who pushes. `''`: nobody; absent: `defaultSecret`, else the user's own logins. */
  readonly secret?: string;
  /** `${REG_SECRET}`: still that once filled in where no such variable is. */
  readonly defaultSecret: string;
  /** Appends the operator's certificates to what the image trusts; absent: where the group begins with `default`. */
  readonly appendCert?: Flag;
  /**
   * Plain HTTP, or certificates that nobody knows: `REG_INSECURE`. Still a variable once filled in where there is none.
   */
  readonly insecure: Flag;
}

/** `helm upgrade --install`. */
export interface HelmStepSpec extends InWorkload {
  readonly kind: 'helm';
  readonly chart: string;
  readonly name: string;
  readonly namespace: string;
  /** `''`: none, since the chart is a folder, a file or an OCI reference. */
  readonly repo: string;
  readonly set: Readonly<Record<string, string>>;
  /** Values files from the workspace's root, with variables in them; later ones win. */
  readonly files: readonly string[];
  readonly chartVersion?: string;
  readonly helmVersion?: string;
  /** Of the operator's `clusters`; absent: `kubectl-config` if there is one, else the one of the command line. */
  readonly cluster?: string;
  /** Of the operator's `secrets`: its key `config.json` logs in to the chart's registry. */
  readonly secret?: string;
  /** `${HELM_REG_SECRET}`: still that once filled in where no such variable is. */
  readonly defaultSecret: string;
}

/** `helm package` and `helm push`. */
export interface HelmPackageStepSpec extends InWorkload {
  readonly kind: 'helm-package';
  /** The chart's folder, from the workspace's root. */
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
  /** Manifests or folders of them, from the workspace's root, with variables in them. */
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

/** The tree that a run works on, as it was read once at the run's start. */
export interface WorkspaceRef {
  readonly digest: Digest;
  readonly files: number;
  readonly bytes: number;
}
