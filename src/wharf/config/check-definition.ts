import { typeName, type Located } from '../../diagnostics/yaml/located.ts';
import { problem, type Report } from '../../diagnostics/problem.ts';
import { hasErrors, sorted } from '../../diagnostics/sorted.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import { checkEnvironments } from './check-environments.ts';
import { checkInputs } from './check-inputs.ts';
import { checkStage } from './check-stage.ts';
import type { PipelineDefinition } from './definition.ts';

export interface CheckedPipeline extends Checked<PipelineDefinition> {
  /**
   * What is right of a definition that is not, where all that is wrong lies in its steps and stages: more mistakes can
   * be found in it, and none that only follow from those that are known.
   */
  readonly rest?: PipelineDefinition;
}

/**
 * The root of a `.wharf-ci.yml` to a definition, or every mistake in it.
 * @param root absent where the file is none that can be looked at
 * @param reported what was found wrong on the way to the root
 */
export function checkDefinition(root: Located | undefined, reported: readonly Diagnostic[]): CheckedPipeline {
  const found = [...reported];
  const { definition, isSound } = check(
    root,
    (diagnostic) => found.push(diagnostic),
    () => !hasErrors(found),
  );
  const diagnostics = sorted(found);
  if (!hasErrors(diagnostics)) return { ...(definition && { value: definition }), diagnostics };
  return { ...(definition && isSound && { rest: definition }), diagnostics };
}

interface Checking {
  readonly definition?: PipelineDefinition;
  /** Nothing is wrong that steps rely on. */
  readonly isSound: boolean;
}

function check(root: Located | undefined, report: Report, isSoFarSound: () => boolean): Checking {
  if (!root) return { isSound: false };
  if (root.kind !== 'map') {
    report(problem('W011', root.at, { field: 'a pipeline', expected: 'a map of stages', actual: typeName(root) }));
    return { isSound: false };
  }
  const named = (name: string) => root.entries.find((entry) => entry.key === name);
  const stageEntries = root.entries.filter((entry) => entry.key !== 'inputs' && entry.key !== 'environments');
  const inputs = checkInputs(named('inputs'), report);
  const environments = checkEnvironments(named('environments'), report);
  const isSound = isSoFarSound();
  const stages = stageEntries.flatMap((entry) => checkStage(entry, environments, report) ?? []);
  if (stageEntries.length === 0) report(problem('W056', root.at, undefined));
  return { definition: { inputs, environments, stages }, isSound };
}
