/**
 * What a program that builds images has to say of itself, so that a workload can run it: Kaniko and Buildah, one file
 * each for its command line and one for what it prints. Everything here is decided from texts; `PodImageBuilder` does
 * the rest.
 */
import type { Outcome } from '../../../model/outcome.ts';
import type { Observation } from '../../../model/work.ts';
import type { TarFile } from '../../../tar/tar-of-files.ts';
import type { BuiltImage, ImageBuild, ImagePush, PushedImage } from '../../image-builder.ts';

export interface BuilderProgram {
  readonly places: BuilderPlaces;
  /** Failures: `unsupported`. @param dockerfile what it says */
  job(build: ImageBuild, dockerfile: string): Outcome<BuilderJob>;
  report(build: ImageBuild): BuilderReport;
}

/** Folders of the builder's container, absolute: each is a volume. */
export interface BuilderPlaces {
  readonly context: string;
  /** What only the builder shall see: logins, secrets. */
  readonly files: string;
  /** Where it leaves digests; a folder that is empty at the start. */
  readonly results: string;
}

export interface BuilderJob {
  /** Shown by the platform to everybody who may look at workloads, as `env` is: no secret is in them. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** In `places.files`. */
  readonly files: readonly TarFile[];
  /** What a container that could not be started means, where the command asks for more than every such image has. */
  readonly needs?: string;
}

/** Reads what a builder prints. */
export interface BuilderReport {
  /** @param text one line, without its end */
  line(text: string): Observation | undefined;
  /** @param results the files of `places.results` by their names */
  ended(exitCode: number, results: ReadonlyMap<string, string>): BuildEnd;
}

export interface BuildEnd {
  readonly built: Outcome<BuiltImage>;
  /** What became of each of the build's pushes; absent: it was not tried. */
  readonly pushed: ReadonlyMap<ImagePush, Outcome<PushedImage>>;
}

/** Whose disk is full when the builder's is. */
export const builderDisk = 'the pod that builds the image';
