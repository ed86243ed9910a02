import { typeName } from '../../diagnostics/located.ts';
import { problem, type Report } from '../../diagnostics/problem.ts';
import { readYaml } from '../../diagnostics/read-yaml.ts';
import { hasErrors, sorted } from '../../diagnostics/sorted.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import { checkEnvironments } from './check-environments.ts';
import { checkInputs } from './check-inputs.ts';
import { checkStage } from './check-stage.ts';
import type { PipelineDefinition } from './definition.ts';

/** The text of a `.wharf-ci.yml` to its definition, or every mistake in it. Never throws, whatever the text is. */
export function checkPipeline(source: SourceText): Checked<PipelineDefinition> {
  const found: Diagnostic[] = [];
  const definition = check(source, (diagnostic) => found.push(diagnostic));
  const diagnostics = sorted(found);
  return definition && !hasErrors(diagnostics) ? { value: definition, diagnostics } : { diagnostics };
}

function check(source: SourceText, report: Report): PipelineDefinition | undefined {
  const root = readYaml(source, report);
  if (!root) return undefined;
  if (root.kind !== 'map') {
    report(problem('W011', root.at, { field: 'a pipeline', expected: 'a map of stages', actual: typeName(root) }));
    return undefined;
  }
  const named = (name: string) => root.entries.find((entry) => entry.key === name);
  const stageEntries = root.entries.filter((entry) => entry.key !== 'inputs' && entry.key !== 'environments');
  const inputs = checkInputs(named('inputs'), report);
  const environments = checkEnvironments(named('environments'), report);
  const stages = stageEntries.flatMap((entry) => checkStage(entry, environments, report) ?? []);
  if (stageEntries.length === 0) report(problem('W056', root.at, undefined));
  return { inputs, environments, stages };
}
