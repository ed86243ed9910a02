import type { BuildHooks, HookPlace, HostHook } from '../../build/hooks/build-hooks.ts';
import type { ContainerHook } from '../../deploy/hooks/container-hook.ts';
import type { ClusterLoader } from '../../deploy/load/cluster-loader.ts';
import type { HelmSpec } from './helm-spec.ts';
import type { FieldRules } from '../../deploy/manifests/field-rules.ts';
import type { ForwardedPort } from '../../deploy/forward/forwarded-port.ts';
import type { PortForwardClass } from '../../model/port-forward-class.ts';
import type { StepId } from '../../model/ids.ts';
import type { StepSpec } from '../../model/plan.ts';

/** Makes the manifests of all configurations. */
export interface RenderStepSpec extends StepSpec {
  readonly kind: 'render';
  readonly sources: readonly ManifestSources[];
  /** Every artifact of the run, whether it is built or given. */
  readonly images: readonly PlannedImage[];
  readonly labels: Readonly<Record<string, string>>;
  /** What objects get that name none. Absent: that of the place. */
  readonly namespace?: string;
  readonly rules: FieldRules;
  readonly allowEmpty: boolean;
  /** `--set`: values for fields that comments of manifests mark (`ManifestParameters`). */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What gets the manifests. An engine has images by id, a cluster pulls them by name. */
  readonly target: 'cluster' | 'engine';
  /** The file that gets the manifests. Absolute. Absent: they are only deployed. */
  readonly output?: string;
  /** How the file is written. JSON is one list of objects. */
  readonly format?: 'yaml' | 'json';
  /** Where hooks run. Absent in logs of older versions: in the folder of their configuration. */
  readonly place?: HookPlace;
}

/** The manifests of one configuration. */
export interface ManifestSources {
  /** Unique among the configurations of a run (`deployName`). */
  readonly name: string;
  /** The folder of its file. Absolute. */
  readonly folder: string;
  /** The namespace that its objects go to if they name none. Absent: that of the place. */
  readonly namespace?: string;
  /** Absolute globs, and URLs. */
  readonly rawYaml: readonly string[];
  readonly kustomize?: { readonly paths: readonly string[]; readonly buildArgs: readonly string[] };
  readonly helm?: readonly HelmSpec[];
  /** `deploy.docker.images`: images that run as they are, one container each. */
  readonly containers?: readonly string[];
  /** Hooks of this machine around the render. */
  readonly hooks?: BuildHooks;
}

export interface PlannedImage {
  /** Its name in the configuration. */
  readonly name: string;
  /** With its tag. */
  readonly reference: string;
  /** `built`: a step of the run builds it. `given`: it exists. `remote`: its digest is looked up in the registry. */
  readonly from: 'built' | 'given' | 'remote';
  /** The registry may use plain HTTP. */
  readonly insecure: boolean;
  /** The platforms that it was asked to have. Pods that use it run on nodes of one of them. Absent: on every node. */
  readonly platforms?: readonly string[];
  /** Another artifact, a verification or an action uses it, so no manifest has to name it. */
  readonly usedElsewhere?: true;
}

/** Loads images into the cluster of the deploy, by the program that made the cluster on this machine. */
export interface LoadStepSpec extends StepSpec {
  readonly kind: 'load';
  readonly loader: ClusterLoader;
  readonly images: readonly PlannedImage[];
  readonly place: HookPlace;
}

/** Brings the objects of one configuration to the place of deploys. */
export interface DeployStepSpec extends StepSpec {
  readonly kind: 'deploy';
  readonly action: 'deploy' | 'delete';
  /** Only of a removal by the run that deployed: the step that deployed. If it never began, nothing is removed. */
  readonly deployedBy?: StepId;
  readonly deployer: DeployerKind | 'helm';
  /** The releases of the deployer `helm`. */
  readonly helm?: HelmSpec;
  /** The folder of the configuration. Absolute. */
  readonly folder: string;
  /** `ManifestSources.name`. Absent: all configurations. */
  readonly configuration?: string;
  /** What identifies what was deployed, in its namespace. */
  readonly set: string;
  /** Absent: that of the place. */
  readonly namespace?: string;
  readonly force: boolean;
  readonly allowEmpty: boolean;
  /** Only of an engine: the run follows the deploy, and serves its Ingress objects. */
  readonly servesIngress?: true;
  /** Absent: nothing is awaited, or a step of its own does it. */
  readonly statusCheck?: StatusCheckSpec;
  readonly hooks?: DeployHooks;
  readonly place: HookPlace;
}

/** Commands around a deploy, on this machine and in its containers. They run one after the other. */
export interface DeployHooks {
  readonly before: readonly DeployHook[];
  readonly after: readonly DeployHook[];
}

export type DeployHook = HostHook | { readonly container: ContainerHook };

export type DeployerKind = 'kubectl' | 'docker';

export interface StatusCheckSpec {
  readonly deadlineMs: number;
  readonly tolerateFailures: boolean;
}

/** Waits until everything that earlier steps of the run deployed is ready. */
export interface StatusStepSpec extends StepSpec {
  readonly kind: 'status';
  /** What identifies what an engine has of the deploy. */
  readonly set: string;
  readonly statusCheck: StatusCheckSpec;
}

/** Follows what earlier steps of the run deployed, until the user stops it. */
export interface FollowStepSpec extends StepSpec {
  readonly kind: 'follow';
  /** What identifies what an engine has of the deploy. */
  readonly set: string;
  /** Absent: no output is followed. */
  readonly logs?: FollowedLogsSpec;
  /** Absent: no ports are forwarded. */
  readonly forwards?: ForwardsSpec;
}

/** Which ports are forwarded to this machine. */
export interface ForwardsSpec {
  readonly classes: readonly PortForwardClass[];
  /** Those that the configurations name, if `classes` has `user`. */
  readonly ports: readonly ForwardedPort[];
  /** The images of the run's artifacts, for `pods`. Without one, all images count. */
  readonly images: readonly string[];
}

/** All containers are followed. How their lines look is `PlannedStep.linePrefix`. */
export type FollowedLogsSpec = Readonly<Record<string, never>>;
