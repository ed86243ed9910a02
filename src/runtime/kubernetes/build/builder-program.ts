/**
 * Describes a program that builds images in a workload. Kaniko and Buildah have one file for the command line and one
 * for the output. These files only work on text; `PodImageBuilder` does the rest.
 */
import type { Outcome } from '../../../model/outcome.ts';
import type { Observation } from '../../../model/work.ts';
import type { TarFile } from '../../../tar/tar-of-files.ts';
import type { BuilderLimits } from '../../build-options.ts';
import type { BuiltImage, ImageBuild, ImagePush, PushedImage } from '../../image-builder.ts';

export interface BuilderProgram {
  readonly places: BuilderPlaces;
  /** `PodImageBuilder` refuses these builds before it asks for a job. */
  readonly limits: BuilderLimits;
  /**
   * Returns the job of a build. Failures: `unsupported`.
   * @param dockerfile the content of the Dockerfile
   */
  job(build: ImageBuild, dockerfile: string): Outcome<BuilderJob>;
  report(build: ImageBuild): BuilderReport;
}

/** Absolute folders in the builder's container. Each is a volume. */
export interface BuilderPlaces {
  readonly context: string;
  /** Files that only the builder may see: credentials and secrets. */
  readonly files: string;
  /** The folder that the builder writes digests to. It is empty at the start. */
  readonly results: string;
}

export interface BuilderJob {
  /** Never holds a secret: everyone who may read pods sees the command, and `env` too. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** In `places.files`. */
  readonly files: readonly TarFile[];
  /** What the builder's image must have beyond the standard image. Shown if the container cannot start. */
  readonly needs?: string;
}

/** Reads what a builder prints. */
export interface BuilderReport {
  /**
   * Reads one line.
   * @param text the line without its end
   */
  line(text: string): Observation | undefined;
  /**
   * Returns the result of the build.
   * @param results the files of `places.results` by name
   */
  ended(exitCode: number, results: ReadonlyMap<string, string>): BuildEnd;
}

export interface BuildEnd {
  readonly built: Outcome<BuiltImage>;
  /** The result of each push. A push without an entry was not tried. */
  readonly pushed: ReadonlyMap<ImagePush, Outcome<PushedImage>>;
}

/** Where the disk is full when the builder reports a full disk. */
export const builderDisk = 'the pod that builds the image';
