/** The specifications of the step kinds of `.wharf-ci.yml`, one for each kind (docs/design/wharf.md, "Step types"). */
import type { StepSpec } from '../../model/plan.ts';

/** A boolean, or, until variables are filled in, the one that stands for it. */
export type Flag = boolean | { readonly variable: string };

/** What every step has that runs as a workload. */
interface InWorkload extends StepSpec {
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
export interface DockerStepSpec extends StepSpec {
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

export type WharfStepSpec =
  ContainerStepSpec | DockerStepSpec | HelmStepSpec | HelmPackageStepSpec | KubectlStepSpec | NugetPackageStepSpec;
