import type { GivenImage } from '../model/given-image.ts';

/** Which containers of a `skaffold.yaml` to run, as the command line has it: verifications, or those of one custom action. */
export interface ContainerRequest {
  /** `exec`: the name of the action. Absent: `verify`. */
  readonly action?: string;
  /** `--build-artifacts` and `--images`: these run instead of built ones. */
  readonly images: readonly GivenImage[];
  /** `--env-file`: its variables go to every container. */
  readonly envFile?: EnvironmentFile;
  /** `--docker-network`: a network that the engine has. Absent: its default network. */
  readonly network?: string;
  /** `--namespace`: of jobs. */
  readonly namespace?: string;
  /** `--on`: where containers run, and where images are built. Absent: as the configuration says. */
  readonly on?: readonly string[];
}

/** A file of environment variables. Values may be secrets, so a plan has only the names. */
export interface EnvironmentFile {
  /** Absolute. */
  readonly path: string;
  readonly names: readonly string[];
}
