/** What one build of a Dockerfile reads: the stages that its target needs, their images and files of the context. */
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import type { Stage } from './dockerfile.ts';

export interface DockerBuildRequest {
  /** The name of the stage to build. Absent: the last one. */
  readonly target?: string;
  /** The build arguments of the caller. */
  readonly args: ReadonlyMap<string, string>;
  /** Platforms such as `linux/arm64`, for variables such as `TARGETARCH`. Absent: they have no values. */
  readonly platform?: { readonly build: string; readonly target: string };
  /** Returns what is known of a base image. Nothing is pulled for it. */
  readonly baseImage?: (name: string) => BaseImage | undefined;
}

/** The parts of an image's configuration that change how a Dockerfile is read. */
export interface BaseImage {
  readonly workdir?: string;
  readonly user?: string;
  readonly env?: ReadonlyMap<string, string>;
  /** Instructions that run at the start of each stage from this image. */
  readonly onbuild?: readonly string[];
}

export interface DockerBuild {
  /** The needed stages, in the order of the file. The last one is the target. Empty if the target is unknown. */
  readonly stages: readonly NeededStage[];
  /** Images that the needed stages start from, copy from or mount, without `scratch` and stages. Each once. */
  readonly images: readonly string[];
  /** What BuildKit refuses in this build. Mistakes in the form of the file are in `Dockerfile.diagnostics`. */
  readonly diagnostics: readonly Diagnostic[];
}

export type StageBase =
  | { readonly kind: 'scratch' }
  | { readonly kind: 'image'; readonly name: string }
  | { readonly kind: 'stage'; readonly index: number };

export interface NeededStage {
  readonly stage: Stage;
  readonly base: StageBase;
  /** The working directory at the end of the stage. Absolute. */
  readonly workdir: string;
  /** The working directories of the stage, which are made if they are missing. Absolute. */
  readonly folders: readonly string[];
  /** The user at the end of the stage. Absent: that of the base image, which is not known. */
  readonly user: string | undefined;
  /** `COPY` and `ADD` of the build context, in order. Triggers of the base image come first. */
  readonly copies: readonly ContextCopy[];
  /** `RUN --mount=type=bind` of the build context. */
  readonly mounts: readonly ContextMount[];
}

/** One `COPY` or `ADD` of files of the context. Its remote sources and here-documents are left out. */
export interface ContextCopy {
  readonly span: Span;
  readonly sources: readonly ContextSource[];
  /** The absolute path in the image. A `/` at the end makes it a folder. */
  readonly destination: string;
  /** Patterns of `.dockerignore` for paths below a copied folder. A source itself is never excluded. */
  readonly excludes: readonly string[];
  /** A file that is an archive is extracted to the destination. */
  readonly extracts: boolean;
  readonly chown: string | undefined;
  readonly chmod: string | undefined;
  readonly link: boolean;
}

export interface ContextSource {
  /** Relative to the context. Empty: the whole context. `*`, `?` and `[…]` are wildcards (Go's `filepath.Match`). */
  readonly path: string;
  /**
   * `--parents`: only paths below the source that match this pattern of `.dockerignore` are copied, and they keep their
   * folders.
   */
  readonly parents: string | undefined;
  readonly span: Span;
}

export interface ContextMount {
  readonly span: Span;
  /** Relative to the context, without wildcards. Empty: the whole context. */
  readonly path: string;
}
