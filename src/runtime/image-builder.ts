/**
 * Where images are built and pushed: the engine that containers run on, where it can. What the world refuses is a
 * value, as with workloads; a throw is a bug of ours.
 */
import type { Outcome } from '../model/outcome.ts';
import type { TarSource } from '../model/tree.ts';
import type { Work } from '../model/work.ts';

export interface ImageBuilder {
  /**
   * What the build prints goes to the output as `combined`; its steps are observed as `progress` (`[5/9] RUN npm ci`, 5
   * of 9). Failures: `build-failed`, `image-unavailable` (a base image), `disk-full`, `runtime-lost`, `unsupported`.
   * Cancelled by `work.signal`, and then nothing of it goes on.
   */
  build(build: ImageBuild, work: Work): Promise<Outcome<BuiltImage>>;
  /**
   * Failures: `push-failed`, `runtime-lost`. Progress is observed as `image.pushing`.
   * @param push one of the build's own `pushes` where the builder keeps no images: it then says what became of it
   */
  push(push: ImagePush, work: Work): Promise<Outcome<PushedImage>>;
}

export interface ImageBuild {
  /** All that is sent, the Dockerfile too; entries of root, named from the context's root. */
  readonly context: TarSource;
  /** The Dockerfile's name in the context. */
  readonly dockerfile: string;
  /** Names with tags that the image is given. */
  readonly references: readonly string[];
  readonly args: readonly { readonly name: string; readonly value: string }[];
  /** What `RUN --mount=type=secret,id=…` finds, by id; in no layer and no history. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly labels: Readonly<Record<string, string>>;
  /** Base images: `always` asks the registry for newer ones. */
  readonly pull: 'missing' | 'always' | 'never';
  /**
   * As far as they are known beforehand: `never` is held to by them, and some engines have to be handed their logins at
   * the start.
   */
  readonly baseImages: readonly string[];
  /**
   * Who pulls base images; registries that it does not know, and absent: the user's own logins; `anonymous`: nobody.
   */
  readonly login?: RegistryLogin | 'anonymous';
  /** As with `ImagePush`, for the registries of base images. */
  readonly insecure?: true;
  /**
   * What `push` is going to be asked for, the same objects. Builders that keep no images push while they build, and
   * only what is named here; the others wait for `push`. A push that is refused fails the build only where nothing was
   * built for it.
   */
  readonly pushes?: readonly ImagePush[];
  /** What a builder is called that runs as a workload of its own; a pure function of run, step and attempt. */
  readonly workload?: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  /**
   * Whether a secret, in any of its forms, is in a text: then it must not be where the platform shows what runs on it.
   * Absent: in none.
   */
  hides?(text: string): boolean;
}

export interface BuiltImage {
  /** `sha256:…` of its configuration; of its manifest where the builder tells no other. */
  readonly id: string;
}

export interface ImagePush {
  readonly reference: string;
  /** Who pushes; absent: the user's own logins and credential helpers; `anonymous`: nobody. */
  readonly login?: RegistryLogin | 'anonymous';
  /**
   * A registry over plain HTTP or with a certificate that nobody knows. Some engines decide that by their own
   * configuration only.
   */
  readonly insecure: boolean;
}

/** The content of a Docker configuration file (`auths`), or one login for whatever registry is asked. */
export type RegistryLogin = { readonly config: string } | { readonly username: string; readonly password: string };

export interface PushedImage {
  /** Of the manifest, as the registry calls it. */
  readonly digest: string;
}
