import type { RequiredImage } from '../../build/builder.ts';
import type { BazelOptions } from '../../build/bazel/bazel-arguments.ts';
import type { BuildpacksOptions } from '../../build/buildpacks/buildpacks-arguments.ts';
import type { CustomOptions } from '../../build/custom/custom-builder.ts';
import type { DockerOptions } from '../../build/docker/docker-builder.ts';
import type { JibOptions } from '../../build/jib/jib-arguments.ts';
import type { BuildHooks, HookPhase, HookPlace, HostHook } from '../../build/hooks/build-hooks.ts';
import type { KanikoOptions } from '../../build/kaniko/kaniko-builder.ts';
import type { KoOptions } from '../../build/ko/ko-options.ts';
import type { BuilderPod } from '../../model/kubernetes-settings.ts';
import type { Place } from '../../model/place.ts';
import type { StepSpec } from '../../model/plan.ts';

/** The builder of an artifact with its options. */
export type ArtifactBuilder =
  | ({ readonly type: 'docker' } & DockerOptions & DockerSecretOptions)
  | ({ readonly type: 'kaniko' } & KanikoOptions)
  | ({ readonly type: 'custom' } & CustomOptions)
  | ({ readonly type: 'ko' } & KoOptions)
  | ({ readonly type: 'jib' } & JibOptions)
  | ({ readonly type: 'bazel' } & BazelOptions)
  | ({ readonly type: 'buildpacks' } & BuildpacksOptions);

/** Where secrets of a Docker build come from. They are read when the build begins. */
export interface DockerSecretOptions {
  readonly secrets: readonly { readonly id: string; readonly file?: string; readonly variable?: string }[];
  /** As `docker build --ssh` takes it: `default`, or `ID=PATH`. */
  readonly ssh?: string;
}

/** The step that builds one artifact. */
export interface ArtifactStepSpec extends StepSpec {
  readonly kind: 'artifact';
  readonly image: string;
  /** With its tag. */
  readonly reference: string;
  /** Absolute. */
  readonly context: string;
  readonly requires: readonly RequiredImage[];
  readonly platforms: readonly string[];
  readonly push: boolean;
  readonly insecure: boolean;
  /** Whether an image that was built from the same inputs before is used again. */
  readonly cache: boolean;
  /** A folder with entries of the cache that several machines share. Absolute. */
  readonly sharedCache?: string;
  /** `build.local.tryImportMissing`: an image that has the reference is used if the cache has none. */
  readonly importMissing?: true;
  readonly builder: ArtifactBuilder;
  /** Where the configuration names paths, by the fields of `file-missing`. Absent in plans of older versions. */
  readonly writtenAt?: Readonly<Record<string, Pick<Place, 'file' | 'line' | 'column'>>>;
  readonly hooks?: BuildHooks;
  /** Absent in plans of older versions. */
  readonly place?: HookPlace;
  /** Present if the image is built in a pod, where the run builds images. Absent: where its steps run. */
  readonly cluster?: ClusterBuild;
}

export interface ClusterBuild {
  readonly pod: BuilderPod;
  /** The Docker configuration on this machine with the logins of the builder. Absolute. */
  readonly dockerConfig?: string;
}

/** The step that runs hooks before or after all artifacts of a configuration. */
export interface HooksStepSpec extends StepSpec {
  readonly kind: 'hooks';
  readonly phase: HookPhase;
  readonly hooks: readonly HostHook[];
  readonly place: HookPlace;
}
