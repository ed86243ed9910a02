/** The files that can change an image, as patterns: an index of a tree uses them without listing all files. */

export interface DockerInputs {
  /** What is read of the context. A path is an input if one of these rules covers it and no ignore rule does. */
  readonly rules: readonly InputRule[];
  /** The patterns of the ignore file, in order. The last one that matches decides. */
  readonly ignore: readonly string[];
  /**
   * Files that count even if they are outside of the context, ignored or missing: the Dockerfile and its ignore file.
   * Their names are those of the request.
   */
  readonly files: readonly string[];
  /** Reports whether a path is an input: a file, or a link that is not followed. Relative to the context, with `/`. */
  readonly matches: (path: string) => boolean;
  /** Reports whether an input can be below this folder. `false` is certain, so a walk can leave the folder out. */
  readonly mayMatchBelow: (folder: string) => boolean;
}

export interface InputRule {
  /** Without wildcards. Empty: the context itself. */
  readonly path: string;
  /** A pattern of Go's `filepath.Match` below `path`. A folder that matches counts with all that is in it. */
  readonly glob: string | undefined;
  /** Of `COPY --parents`: a pattern of `.dockerignore` that paths below the source must match. */
  readonly parents: string | undefined;
  /** Of `COPY --exclude`: patterns of `.dockerignore` for paths below the source. */
  readonly excludes: readonly string[];
}
