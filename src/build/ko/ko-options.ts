import { posix } from 'node:path';
import type { DependencyPatterns, InputPatterns } from '../input-patterns.ts';

export interface KoOptions {
  /** Absent: `.ko.yaml` or ko decides. */
  readonly fromImage?: string;
  /** Where `go` runs, relative to the context. */
  readonly dir: string;
  /** The main package: a path relative to `dir`, or an import path. */
  readonly main: string;
  /** `NAME=value`. */
  readonly env: readonly string[];
  readonly flags: readonly string[];
  readonly ldflags: readonly string[];
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly dependencies: DependencyPatterns;
}

/**
 * Returns the files that the image is built from. Without `dependencies`, these are all Go files, as in Skaffold, and the
 * static assets of ko. Files of `//go:embed` count only if `dependencies` names them.
 */
export function koInputs({ dir, dependencies: { paths, ignore } }: KoOptions): InputPatterns {
  return {
    include: paths.length > 0 ? paths : ['**/*.go', '**/kodata/**'],
    exclude: ignore,
    files: ['.ko.yaml', 'go.mod', 'go.sum'].map((name) => posix.join(dir, name)),
  };
}
