/**
 * Builds and pushes images, on the engine that runs the containers if possible. A failure outside Slipway is a value,
 * as with workloads. A throw is a bug.
 */
import type { BuilderPod } from '../model/kubernetes-settings.ts';
import type { Outcome } from '../model/outcome.ts';
import type { TarSource } from '../model/tree.ts';
import type { Work } from '../model/work.ts';
import type { ImagePlace, OpenedImage } from './opened-image.ts';

export interface ImageBuilder {
  /**
   * Builds an image. Writes the build's output as `combined` and observes its steps as `progress` (`[5/9] RUN npm ci`,
   * 5 of 9). Stops the whole build if `work.signal` is aborted. Failures: `build-failed`, `image-unavailable` (a base
   * image), `disk-full`, `runtime-lost`, `unsupported` (with the option and the builder, before anything is sent).
   */
  build(build: ImageBuild, work: Work): Promise<Outcome<BuiltImage>>;
  /**
   * Pushes an image. Observes the progress as `image.pushing`. Failures: `push-failed`, `runtime-lost`.
   * @param push for builders that keep no images: one of the build's own `pushes`, whose result is returned
   */
  push(push: ImagePush, work: Work): Promise<Outcome<PushedImage>>;
  /**
   * Returns an image that exists where this builder keeps its images, whoever built it; `undefined` if there is none.
   * Builders that keep no images find none. Failures: `runtime-lost`.
   */
  find(reference: string, signal: AbortSignal): Promise<Outcome<FoundImage | undefined>>;
  /**
   * Gives an image that exists there another reference. Failures: `image-unavailable`, `runtime-lost`, and `unsupported` for
   * builders that keep no images.
   */
  tag(image: string, reference: string, signal: AbortSignal): Promise<Outcome>;
  /**
   * Pulls an image from its registry, with the user's own credentials. `undefined`: the registry does not have it, or refuses.
   * Absent: this builder keeps no images. Failures: `disk-full`, `runtime-lost`.
   */
  pull?(reference: string, work: Work): Promise<Outcome<BuiltImage | undefined>>;
  /**
   * Loads the image of an archive as `docker save` writes it, and gives it this name. Absent: this builder keeps no
   * images. Failures: `build-failed` (the archive is refused), `disk-full`, `runtime-lost`.
   */
  load?(archive: AsyncIterable<Uint8Array>, reference: string, work: Work): Promise<Outcome<BuiltImage>>;
  /**
   * Opens an image that exists there, to read its configuration and files. A missing one is pulled. `place` exists on the
   * platform until the image is disposed of. `Runtime.find` returns it. Absent: this builder keeps no images. Failures:
   * `image-unavailable`, `disk-full`, `runtime-lost`, `start-failed` if the engine refuses it.
   */
  open?(image: string, place: ImagePlace, work: Work): Promise<Outcome<OpenedImage>>;
  /**
   * The variables with which programs on this machine reach the engine of the images: `DOCKER_HOST`. One that is
   * `undefined` must not be set. Absent: programs find the engine by their own settings, or cannot reach it.
   */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface ImageBuild {
  /**
   * Everything that is sent, the Dockerfile included. Entries belong to root, with names relative to the context's
   * root.
   */
  readonly context: TarSource;
  /** The path of the Dockerfile in the context. */
  readonly dockerfile: string;
  /** The names with tags for the image. */
  readonly references: readonly string[];
  readonly args: readonly { readonly name: string; readonly value: string }[];
  /** The secrets for `RUN --mount=type=secret,id=…`, by id. No layer and no history holds them. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly labels: Readonly<Record<string, string>>;
  /** For base images: `always` checks the registry for newer ones. */
  readonly pull: 'missing' | 'always' | 'never';
  /**
   * The base images that are known beforehand. `never` is enforced for them, and some engines need their credentials at
   * the start.
   */
  readonly baseImages: readonly string[];
  /**
   * The credentials to pull base images with. Absent, and for other registries: the user's own credentials.
   * `anonymous`: none.
   */
  readonly login?: RegistryLogin | 'anonymous';
  /** Like `ImagePush.insecure`, for the registries of base images. */
  readonly insecure?: true;
  /**
   * The same objects that `push` receives later. Builders that keep no images push these, and only these, during the
   * build. Other builders wait for `push`. A refused push fails the build only if nothing was built because of it.
   */
  readonly pushes?: readonly ImagePush[];
  /** The name of the stage to build. Absent: the last stage. All builders. A stage that is missing is `build-failed`. */
  readonly target?: string;
  /**
   * The keys for `RUN --mount=type=ssh,id=…`, by id. A mount without an id uses `default`. Instructions can sign with a
   * key, but cannot read it. BuildKit; Buildah with `keys` only. Others: `unsupported`.
   */
  readonly ssh?: ReadonlyMap<string, SshKeys>;
  /**
   * Images whose layers the build may use as cache. The classic builder uses only images that the engine has. BuildKit
   * also fetches them from their registry, and uses those that were built with the argument `BUILDKIT_INLINE_CACHE=1`.
   * A missing image is no failure. Docker's two builders. Others: `unsupported`.
   */
  readonly cacheFrom?: readonly string[];
  /**
   * The network of `RUN`: `default`, `none` (only a loopback interface), `host` (the engine's own), or the name of one
   * of the engine's networks. Absent: `default`, which is the host's network on Podman and the pod's in a pod. Podman
   * and the classic builder: all. BuildKit: no names. Builders in a pod: only `default`. Otherwise `unsupported`.
   */
  readonly network?: string;
  /**
   * The platforms of the image: `OS/ARCHITECTURE` or `OS/ARCHITECTURE/VARIANT`, such as `linux/arm64`. All builders take
   * one. No API that Slipway uses returns an image of several platforms, so two are `unsupported` everywhere. `RUN` of a
   * foreign platform needs an emulator on the machine of the builder. If a base image is for another platform, an engine
   * fails (`build-failed`), except BuildKit of a Docker that keeps images in containerd. That one and builders in a pod
   * use it, and Buildah prints a warning.
   */
  readonly platforms?: readonly string[];
  /**
   * `true` builds with BuildKit, `false` with the engine's older builder. Absent: the engine decides. Docker: both. Podman and
   * builders in a pod have no BuildKit: `true` is `unsupported`.
   */
  readonly buildkit?: boolean;
  /** Runs every instruction again. All builders; those in a pod never have a cache. */
  readonly noCache?: true;
  /**
   * Lines for `/etc/hosts` during `RUN`. The image does not keep them. Docker's two builders, Podman and Buildah. Kaniko:
   * `unsupported`.
   */
  readonly addHosts?: readonly { readonly name: string; readonly address: string }[];
  /** The name of the builder's workload, if it runs as one: a pure function of run, step and attempt. */
  readonly workload?: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  /** Changes to the builder's pod. Builders that run in no pod ignore them. */
  readonly pod?: BuilderPod;
  /**
   * Reports whether a text contains a secret in any form. Such a text must not be visible on the platform. Absent: no
   * text does.
   */
  hides?(text: string): boolean;
}

/**
 * Where keys of SSH are: `agent` is the path of the socket of an ssh-agent (`SSH_AUTH_SOCK`), `keys` are private keys as
 * text, in the format of OpenSSH or PEM and without a passphrase.
 */
export type SshKeys = { readonly agent: string } | { readonly keys: readonly string[] };

export interface BuiltImage {
  /** `sha256:…` of the image's configuration, or of its manifest if the builder reports no other id. */
  readonly id: string;
}

export interface FoundImage extends BuiltImage {
  /** The digest of the manifest, if the image was pushed to or pulled from the repository of the reference. */
  readonly digest?: string;
  /** The parts of its configuration that decide how a Dockerfile that starts from it is read. */
  readonly workdir?: string;
  readonly user?: string;
  readonly env?: readonly string[];
  readonly onbuild?: readonly string[];
}

export interface ImagePush {
  readonly reference: string;
  /** The credentials to push with. Absent: the user's own credentials and credential helpers. `anonymous`: none. */
  readonly login?: RegistryLogin | 'anonymous';
  /**
   * Allows a registry over plain HTTP or with an untrusted certificate. Some engines only follow their own
   * configuration.
   */
  readonly insecure: boolean;
}

/** The content of a Docker configuration file (`auths`), or one user name and password for every registry. */
export type RegistryLogin = { readonly config: string } | { readonly username: string; readonly password: string };

export interface PushedImage {
  /** The digest of the manifest, as reported by the registry. */
  readonly digest: string;
}
