import { typeName, type LocatedEntry } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { quoted } from '../../util/visible.ts';
import { entriesOf } from '../../diagnostics/yaml/fields.ts';
import type { EnvironmentDefinition } from './definition.ts';

/** Checks the top-level `environments`: a map of maps of variables. */
export function checkEnvironments(entry: LocatedEntry | undefined, report: Report): readonly EnvironmentDefinition[] {
  if (!entry) return [];
  return entriesOf(entry, '`environments`', report).map((environment) => {
    const { key: name, keyAt: at } = environment;
    if (name.trim() === '') report(problem('W014', at, { field: 'the name of an environment' }));
    return { name, at, variables: checkVariables(environment, report) };
  });
}

function checkVariables(environment: LocatedEntry, report: Report): EnvironmentDefinition['variables'] {
  return entriesOf(environment, `environment ${quoted(environment.key)}`, report).flatMap(
    ({ key: name, keyAt, value }) => {
      const field = `variable ${quoted(name)}`;
      if (name.trim() === '') report(problem('W014', keyAt, { field: 'the name of a variable' }));
      if (value.kind !== 'scalar') {
        report(problem('W011', value.at, { field, expected: 'a string, number or boolean', actual: typeName(value) }));
        return [];
      }
      if (value.text.includes('\0')) report(problem('W029', value.at, { field, character: 'NUL' }));
      return [
        { name, value: { value: value.value, text: value.value === null ? '' : value.text, at: value.at }, at: keyAt },
      ];
    },
  );
}
