import type { TreeEntry } from '../../rigs/tree.ts';
import type { ImageBuild, ImageBuilder } from '../../../src/runtime/image-builder.ts';

export interface ImageBuilderUnderTest {
  readonly builder: ImageBuilder;
  /** An existing image with a shell and `cat`. */
  readonly base: string;
  /**
   * Returns the description and the history of an image as text, read from the engine directly; `undefined` if there is
   * none.
   */
  describeImage(reference: string): Promise<string | undefined>;
  /** Reports whether a build still runs whose command contains this text. */
  goesOn(command: string): Promise<boolean>;
  removeImage(reference: string): Promise<void>;
  /** Fields of every build, so that the builder can reach `base`. */
  readonly common?: Partial<ImageBuild>;
  /** A text is the reason why there is none. */
  readonly registry: RegistryUnderTest | string;
  close?(): Promise<void>;
}

/** A registry that accepts one user. */
export interface RegistryUnderTest {
  /** The prefix of its images' names. */
  readonly address: string;
  readonly login: { readonly username: string; readonly password: string };
  /** The same credentials as a Docker configuration. */
  readonly config: string;
  /** Returns the digest from the registry itself. */
  digest(repository: string, tag: string): Promise<string | undefined>;
}

export interface ImageBuilderTraits {
  /** Supports secrets in `RUN --mount`; otherwise `unsupported`. */
  readonly secrets: boolean;
  /**
   * Keeps built images, which can be pushed at any time. Otherwise only the pushes of a build are pushed, and no image
   * is left.
   */
  readonly keepsImages: boolean;
  /** Reports the number of instructions. */
  readonly counts: boolean;
  /**
   * A cancelled build stops in the middle of an instruction. Otherwise the instruction runs to its end, and no other
   * begins.
   */
  readonly stopsAtOnce: boolean;
  /** The keys that it accepts for `RUN --mount=type=ssh`. */
  readonly ssh: readonly ('agent' | 'keys')[];
  /** Uses layers of other images. Otherwise `unsupported`. */
  readonly cacheFrom: boolean;
  /** The networks that it accepts besides `default`. */
  readonly networks: readonly ('none' | 'host' | 'name')[];
  /** The network `default`: one of the build, or the host's. */
  readonly defaultNetwork: 'own' | 'host';
  /** Writes `/etc/hosts`. Otherwise `unsupported`. */
  readonly addHosts: boolean;
  /** Does not run an instruction again that it knows from an earlier build. */
  readonly caches: boolean;
  /** Notices a base image of another platform. Otherwise it uses the image. */
  readonly checksPlatform: boolean;
}

/** What the parts of the contract share. */
export interface ImageBuilderContract {
  readonly traits: ImageBuilderTraits;
  /** Only inside a test. */
  readonly subject: () => ImageBuilderUnderTest;
  /** A text that no other build has. A cached instruction is not run again, and prints nothing. */
  readonly unique: () => string;
  /** @param lines the Dockerfile after its `FROM` */
  readonly buildOf: (lines: readonly string[], more?: Partial<ImageBuild>, files?: readonly TreeEntry[]) => ImageBuild;
}
