/** The files that can change the image of an artifact, for builders that do not read them themselves. */
export interface InputPatterns {
  /** Globs relative to the context. A folder counts with all that is in it. */
  readonly include: readonly string[];
  /** Globs of files that do not count, even if `include` matches them. */
  readonly exclude: readonly string[];
  /** Files that count always. They may be missing. Relative to the context. */
  readonly files: readonly string[];
}

/** `dependencies` of an artifact, as written. */
export interface DependencyPatterns {
  readonly paths: readonly string[];
  readonly ignore: readonly string[];
}
