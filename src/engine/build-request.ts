import type { GivenImage } from '../model/given-image.ts';
import type { ContainerRequest } from './container-request.ts';
import type { DeployRequest } from './deploy-request.ts';
import type { ConfigurationRequest } from './configuration-reader.ts';

/** What to build of a `skaffold.yaml`, and whether to test it, as the command line has it. */
export interface BuildRequest extends ConfigurationRequest {
  /** The working folder, where hooks run. Commands get the variables of its `skaffold.env`. Absolute. */
  readonly folder: string;
  /** `--build-image`: artifacts whose image contains one of these, and those that they require. Empty: all. */
  readonly images: readonly string[];
  /** `--on`: where to build, even if the configuration says something else. Absent: as the configuration says. */
  readonly on?: readonly string[];
  /** `--tag`: the tag of every image, instead of the tag policy. */
  readonly tag?: string;
  /** `--default-repo`: the repository that images are moved to. */
  readonly defaultRepo?: string;
  /** `--config`: Skaffold's global configuration. Absolute. Absent: `~/.skaffold/config`. */
  readonly globalConfig?: string;
  /** `--insecure-registry`: registries that may use plain HTTP. */
  readonly insecureRegistries: readonly string[];
  /** `--push`. Absent: as the configuration says. */
  readonly push?: boolean;
  /** `--build-concurrency`. 0: no limit. Absent: as the configuration says. */
  readonly concurrency?: number;
  /** `--fail-fast`: a failure cancels the artifacts that are still being built. */
  readonly failFast: boolean;
  /** `--cache-artifacts`. */
  readonly cacheArtifacts: boolean;
  /** `--cache-dir`: a folder with entries of the artifact cache that several machines share. Absolute. */
  readonly sharedCache?: string;
  /** `--file-output`: where the built images are written at the end. Absolute. */
  readonly fileOutput?: string;
  /** `--platform`. Empty: as the configuration says. */
  readonly platforms: readonly string[];
  /** `--disable-multi-platform-build`: every image is built for one platform. */
  readonly onlyOnePlatform: boolean;
  /** `test`: what to test after the build. Absent: nothing. */
  readonly test?: TestRequest;
  /** What to render, deploy or remove. Absent: nothing. */
  readonly deploy?: DeployRequest;
  /** The verifications, or the custom action, to run. Absent: none. */
  readonly containers?: ContainerRequest;
}

/** What `test` tests. */
export interface TestRequest {
  /** `--build-artifacts` and `--images`: these are tested, and nothing is built. Empty: artifacts with tests are built. */
  readonly images: readonly GivenImage[];
  /** There may be no tests: they are only a part of what is wanted. */
  readonly optional?: true;
}
