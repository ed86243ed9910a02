import { typeName, type Located } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { hasErrors, sorted } from '../../diagnostics/sorted.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import { checkEnvironments } from './check-environments.ts';
import { checkInputs } from './check-inputs.ts';
import { checkStage } from './check-stage.ts';
import type { PipelineDefinition } from './definition.ts';

export interface CheckedPipeline extends Checked<PipelineDefinition> {
  /**
   * The valid part of an invalid definition. Set only if all mistakes are in steps and stages, so that checking it
   * further reports no mistakes that follow from known ones.
   */
  readonly rest?: PipelineDefinition;
}

/**
 * Converts the root of a `.wharf-ci.yml` to a definition, or reports every mistake in it.
 * @param root absent if the file cannot be parsed
 * @param reported mistakes found while parsing the file
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
  /** Whether the inputs and environments, which steps rely on, are valid. */
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
