import type { ArtifactInputs } from '../../build/artifact-inputs.ts';
import { patternSelection } from '../../build/cache/pattern-selection.ts';
import { customInputsOf } from '../../build/custom/custom-inputs-of.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import type { TestStepSpec } from './test-spec.ts';

/**
 * Returns the files whose change runs a test again although its image stays the same: its file of structure tests, or what
 * `dependencies` of a custom test says. Without `dependencies` there are none. A command of `dependencies` runs.
 */
export async function testInputs(
  { test, context, reference }: Pick<TestStepSpec, 'test' | 'context' | 'reference'>,
  around: {
    readonly images: Pick<ImageBuilder, 'find'>;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
  signal: AbortSignal,
): Promise<Outcome<ArtifactInputs>> {
  const only = (paths: readonly string[], ignore: readonly string[], others: readonly string[]) =>
    succeeded({
      folder: context,
      files: patternSelection({ include: paths, exclude: ignore, files: [] }),
      others,
      baseImages: [],
    });
  if (test.type === 'structure') return only([], [], [test.file]);
  const { dependencies } = test;
  if (!dependencies) return only([], [], []);
  if (dependencies.kind === 'patterns') return only(dependencies.patterns.paths, dependencies.patterns.ignore, []);
  const env = { ...around.env, ...testVariables({ reference, context }) };
  return await customInputsOf(dependencies, context, { ...around, env }, signal);
}

/** Returns the variables of a custom test, as Skaffold documents them (skaffold.dev, "Custom Test"). */
export function testVariables({
  reference,
  context,
}: Pick<TestStepSpec, 'reference' | 'context'>): Readonly<Record<string, string>> {
  return { IMAGE: reference, TEST_CONTEXT: context };
}
