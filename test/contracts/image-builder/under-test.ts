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
}
