import type { DependencyPatterns, InputPatterns } from '../input-patterns.ts';

/** Where a custom artifact says which files its image is built from. */
export type CustomDependencies =
  | { readonly kind: 'patterns'; readonly patterns: DependencyPatterns }
  /** The shell command prints the paths as a JSON array. It runs in the context. */
  | { readonly kind: 'command'; readonly command: string }
  /** What the Dockerfile copies. Its path is relative to the context. */
  | {
      readonly kind: 'dockerfile';
      readonly path: string;
      readonly args: readonly { readonly name: string; readonly value: string }[];
    };

export type CustomInputs =
  | { readonly kind: 'patterns'; readonly patterns: InputPatterns }
  | Exclude<CustomDependencies, { readonly kind: 'patterns' }>;

/** Returns where the files of a custom artifact are listed: without `dependencies`, the whole context. */
export function customInputs(dependencies: CustomDependencies): CustomInputs {
  if (dependencies.kind !== 'patterns') return dependencies;
  const { paths, ignore } = dependencies.patterns;
  return {
    kind: 'patterns',
    patterns: { include: paths.length > 0 ? paths : ['.'], exclude: ignore, files: [] },
  };
}
