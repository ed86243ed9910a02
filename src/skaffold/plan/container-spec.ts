import type { EnvironmentFile } from '../../engine/container-request.ts';
import type { StepSpec } from '../../model/plan.ts';
import type { PlannedImage } from './deploy-spec.ts';

/** One container that runs to its end: a verification, or a part of a custom action. */
export interface ContainerTask {
  readonly image: PlannedImage;
  /** Empty: the entrypoint of the image. */
  readonly command: readonly string[];
  /** Empty: the command of the image, unless `command` is set. */
  readonly args: readonly string[];
  readonly env: readonly ContainerVariable[];
  /** Its variables replace those of `env`. They are read when the step starts. */
  readonly envFile?: EnvironmentFile;
}

export interface ContainerVariable {
  readonly name: string;
  readonly value: string;
}

/** Runs a container on an engine. */
export interface ContainerStepSpec extends StepSpec, ContainerTask {
  readonly kind: 'local-container';
  /** A network that the engine has. */
  readonly network?: string;
}

/** Runs a container as a job of a cluster, in the namespace of the place. */
export interface JobStepSpec extends StepSpec, ContainerTask {
  readonly kind: 'job';
  /** The name of the container in its pod. */
  readonly container: string;
  /** The manifest of the job, whose container is replaced. Absolute. */
  readonly manifest?: string;
  /** JSON that is merged into the job (RFC 7396). */
  readonly overrides?: string;
}
