import { typeName, type Located, type LocatedEntry } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import { quoted } from '../../util/visible.ts';
import type { RunCondition } from '../../model/plan.ts';
import { Fields } from '../../diagnostics/yaml/fields.ts';
import { readItems, readName, readString } from '../../diagnostics/yaml/read-scalar.ts';
import { checkStep } from './check-step.ts';
import type { EnvironmentDefinition, StageDefinition } from './definition.ts';

const conditions: readonly RunCondition[] = ['success', 'fail', 'always'];

/** Checks one stage: its conditions, its environments, and its steps. Every other key is a step. */
export function checkStage(
  entry: LocatedEntry,
  environments: readonly EnvironmentDefinition[],
  report: Report,
): StageDefinition | undefined {
  const { key: name, keyAt: at, value } = entry;
  if (name.trim() === '') report(problem('W014', at, { field: 'the name of a stage' }));
  if (value.kind === 'scalar' && value.value === null) {
    report(problem('W017', at, { stage: name }));
    return undefined;
  }
  if (value.kind !== 'map') {
    const meant = suggest(name, ['inputs', 'environments']);
    const suggestion = meant === undefined ? {} : { suggestion: `, did you mean ${quoted(meant)}?` };
    report(
      problem('W011', value.at, {
        field: `stage ${quoted(name)}`,
        expected: 'a map of steps',
        actual: typeName(value),
        ...suggestion,
      }),
    );
    return undefined;
  }
  const fields = new Fields(value, `stage ${quoted(name)}`, at, report);
  const limit = fields.optional('environments', (node, field) => readEnvironments(node, field, environments, report));
  const runsIf = readRunsIf(name, fields, report);
  const steps = fields.others();
  if (steps.length === 0) report(problem('W017', at, { stage: name }));
  return { name, at, runsIf, environments: limit ?? [], steps: steps.flatMap((step) => checkStep(step, report) ?? []) };
}

function readEnvironments(
  node: Located,
  field: string,
  known: readonly EnvironmentDefinition[],
  report: Report,
): readonly string[] | undefined {
  const names = known.map((environment) => environment.name);
  return readItems(node, field, report)?.flatMap((item, i) => {
    const name = readName(item, `${field} item ${i + 1}`, report);
    if (name && !names.includes(name.text)) report(problem('W022', name.at, { name: name.text, known: names }));
    return name ? [name.text] : [];
  });
}

function readRunsIf(stage: string, fields: Fields, report: Report): RunCondition {
  const runsIf = fields.entry('runs-if');
  const runIf = fields.entry('run-if');
  if (runsIf && runIf)
    report(problem('W021', runIf.keyAt, { stage }, [{ message: 'the other one', at: runsIf.keyAt }]));
  const condition = [runsIf, runIf].map((entry) => entry && readCondition(entry, report));
  return condition[0] ?? condition[1] ?? 'success';
}

function readCondition(entry: LocatedEntry, report: Report): RunCondition | undefined {
  const written = readString(entry.value, quoted(entry.key), report);
  if (!written) return undefined;
  const condition = conditions.find((known) => known === written.text.trim().toLowerCase());
  if (!condition) report(problem('W020', written.at, { value: written.text, known: conditions }));
  return condition;
}
