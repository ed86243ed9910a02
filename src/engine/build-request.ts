import type { ConfigurationRequest } from './configuration-reader.ts';

/** What to build of a `skaffold.yaml`, as the command line has it. */
export interface BuildRequest extends ConfigurationRequest {
  /** `--build-image`: artifacts whose image contains one of these, and those that they require. Empty: all. */
  readonly images: readonly string[];
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
  /** `--platform`. Empty: as the configuration says. */
  readonly platforms: readonly string[];
  /** `--disable-multi-platform-build`: every image is built for one platform. */
  readonly onlyOnePlatform: boolean;
  /** `--on`. Absent: as the configuration says. */
  readonly on?: readonly string[];
}
