import { suggest } from '../../diagnostics/suggest.ts';
import { typeName, type LocatedEntry } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { quoted } from '../../util/visible.ts';
import { Fields } from '../../diagnostics/yaml/fields.ts';
import { hasVariable, type StepDefinition } from './definition.ts';
import { variableText } from './spec-fields.ts';
import { readStepFields } from './step-fields.ts';
import { stageFields } from './stage-fields.ts';
import { stepTypes } from './step-types.ts';
import { fitsAsArgument } from './value-rules.ts';

/** Checks one step: its step type, and Slipway's own fields beside it. */
export function checkStep(entry: LocatedEntry, report: Report): StepDefinition | undefined {
  const { key: name, keyAt: at, value } = entry;
  if (name.trim() === '') report(problem('W014', at, { field: 'the name of a step' }));
  if (value.kind === 'map') return checkFields(name, new Fields(value, `step ${quoted(name)}`, at, report), report);
  if (value.kind === 'scalar' && value.value === null)
    report(problem('W015', at, { step: name, types: [...stepTypes.keys()] }));
  else
    report(
      problem('W011', value.at, {
        field: `step ${quoted(name)}`,
        expected: 'a map',
        actual: typeName(value),
        ...stageFieldMeant(name),
      }),
    );
  return undefined;
}

/** Suggests a field of the stage. `runs_if: always` in a stage parses as a step of that name. */
function stageFieldMeant(name: string): { suggestion?: string } {
  const meant = suggest(name, stageFields);
  return meant === undefined ? {} : { suggestion: `, did you mean the stage's field ${quoted(meant)}?` };
}

/** Reports whether the step name is missing: `build: {container: {image: …}}` parses as a step named `container`. */
function lacksName(name: string, unknown: readonly LocatedEntry[]): boolean {
  return (
    stepTypes.has(name) &&
    unknown.length > 0 &&
    unknown.every(({ key }) => suggest(key, stepTypes.keys()) === undefined)
  );
}

function checkFields(name: string, fields: Fields, report: Report): StepDefinition | undefined {
  const own = readStepFields(fields);
  const typeEntries = [...stepTypes.keys()].flatMap((type) => fields.entry(type) ?? []);
  const unknown = fields.others();
  if (typeEntries.length === 0 && lacksName(name, unknown)) {
    report(problem('W015', fields.at, { step: name, types: [...stepTypes.keys()], nameMissing: true }));
    return undefined;
  }
  fields.finish();
  const [typeEntry, second] = typeEntries;
  if (second) report(problem('W016', second.keyAt, { step: name, types: typeEntries.map((type) => type.key) }));
  if (!typeEntry) {
    // A misspelt type was already reported as an unknown field.
    if (unknown.length === 0) report(problem('W015', fields.at, { step: name, types: [...stepTypes.keys()] }));
    return undefined;
  }
  const type = stepTypes.get(typeEntry.key);
  for (const field of type?.without ?? []) {
    const written = fields.entry(field);
    if (written) report(problem('W073', written.keyAt, { field, type: typeEntry.key }));
  }
  const env = Object.create(null) as Record<string, string>;
  for (const variable of own.env) env[variable.name] = variable.value.text;
  const { policy, artifacts, cache, memoryBytes } = own;
  const work = type?.check(typeEntry, { name, env, ...(memoryBytes !== undefined && { memoryBytes }) }, report);
  if (!work) return undefined;
  const envTexts = own.env.flatMap(({ name: key, value }) => {
    const rule = fitsAsArgument(`${key}=`);
    const text = variableText(`\`env\` ${quoted(key)}`, value, { mayBeEmpty: true, secrets: 'allowed', rule });
    if (hasVariable(value)) return [text];
    rule(value.text, text, report);
    return [];
  });
  return {
    name,
    at: fields.at,
    policy,
    artifacts,
    cache,
    spec: work.spec,
    texts: [...work.texts, ...envTexts],
    names: work.names,
  };
}
