import { relative } from 'node:path';
import { placeOf } from '../../diagnostics/source-text.ts';
import { stepId, type StepId } from '../../model/ids.ts';
import type { PlannedStage } from '../../model/plan.ts';
import type { PlannedTest } from './read-tests.ts';
import type { TestStepSpec } from './test-spec.ts';

/** What a plan of tests depends on. */
export interface TestPlan {
  /** The place of the stage among the stages of the plan, from 1. */
  readonly ordinal: number;
  /** The image of each artifact with its tag, by its name in the configuration. */
  readonly references: ReadonlyMap<string, string>;
  /** The steps that build images, by the names of these. A test of another image needs no step. */
  readonly builtBy: ReadonlyMap<string, StepId>;
}

/**
 * Returns the stage that tests images: one step for each custom command and each file of structure tests. A step needs only the
 * step that builds its image, so it also runs if another image could not be built.
 */
export function planTest(tests: readonly PlannedTest[], { ordinal, references, builtBy }: TestPlan): PlannedStage {
  const names = new Map<string, number>();
  return {
    ordinal,
    name: 'test',
    runsIf: 'needs',
    onFailure: 'continue',
    phase: 'test',
    // Skaffold runs one test after the other, and tests may share what they use on this machine.
    jobs: 1,
    steps: tests.map(({ image, at, context, timeoutMs, test }, i) => {
      const spec: TestStepSpec = { kind: 'test', image, reference: references.get(image) ?? image, context, test };
      const needed = builtBy.get(image);
      return {
        id: stepId(1, ordinal, i + 1),
        name: nextName(names, image, spec),
        needs: needed === undefined ? [] : [needed],
        policy: { ...(timeoutMs !== undefined && { timeoutMs }), retries: 0, allowFailure: false },
        artifacts: [],
        cache: [],
        spec,
        declaredAt: placeOf(at),
      };
    }),
  };
}

/** Returns `IMAGE/custom-1`, or `IMAGE/FILE` with a number if two tests of an image have the same file. */
function nextName(names: Map<string, number>, image: string, { context, test }: TestStepSpec): string {
  const inside = test.type === 'structure' ? relative(context, test.file) : 'custom';
  const name = `${image}/${inside.startsWith('..') && test.type === 'structure' ? test.file.slice(1) : inside}`;
  const count = (names.get(name) ?? 0) + 1;
  names.set(name, count);
  return test.type === 'custom' || count > 1 ? `${name}-${count}` : name;
}
