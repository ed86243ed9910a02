/** The specifications of the step kinds of `.wharf-ci.yml`, one for each kind (docs/design/wharf.md, "Step types"). */
import type { StepSpec } from '../../model/plan.ts';

/** A boolean, or before substitution the variable that gives it. */
export type Flag = boolean | { readonly variable: string };

/** The fields of every step that runs as a workload. */
interface InWorkload extends StepSpec {
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
export interface DockerStepSpec extends StepSpec {
  readonly kind: 'docker';
  /** The Dockerfile, relative to the workspace's root. */
  readonly file: string;
  /** The build context, relative to the workspace's root. `''` is the whole workspace. */
  readonly context: string;
  /** One tag, or several separated by commas. */
  readonly tag: string;
  /** The image name without a tag. Absent: derived from `repository` (docs/design/wharf.md, "Step types"). */
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

export type WharfStepSpec =
  ContainerStepSpec | DockerStepSpec | HelmStepSpec | HelmPackageStepSpec | KubectlStepSpec | NugetPackageStepSpec;
