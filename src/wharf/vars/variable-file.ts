import { typeName, type Located, type LocatedEntry } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { readYamlDocuments } from '../../diagnostics/yaml/read-yaml.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { quoted } from '../../util/visible.ts';
import type { Variable, VariableSource } from './variables.ts';

/**
 * Reads the variables of a `.wharf-vars.yml`: a map of scalars in `vars`. Other keys belong to other tools. A file may
 * have several documents, and the first definition of a name wins (docs/design/wharf.md, "Variables"). Never throws.
 */
export function readVariableFile(source: SourceText, report: Report): VariableSource {
  const found = new Map<string, Variable>();
  for (const document of readYamlDocuments(source, report)) {
    for (const entry of variablesOf(document, report)) {
      const variable = readVariable(entry, source.file, report);
      if (variable && !found.has(variable.name)) found.set(variable.name, variable);
    }
  }
  return found;
}

function variablesOf(document: Located, report: Report): readonly LocatedEntry[] {
  const vars = entriesOf(document, 'a variables file', report).find((entry) => entry.key === 'vars');
  return vars ? entriesOf(vars.value, '`vars`', report) : [];
}

/** Returns the entries of a map. An empty value has none. */
function entriesOf(node: Located, field: string, report: Report): readonly LocatedEntry[] {
  if (node.kind === 'map') return node.entries;
  if (node.kind === 'list' || node.value !== null)
    report(problem('W011', node.at, { field, expected: 'a map', actual: typeName(node) }));
  return [];
}

function readVariable(
  { key: name, keyAt, value: node }: LocatedEntry,
  source: string,
  report: Report,
): Variable | undefined {
  const field = `variable ${quoted(name)}`;
  if (name.trim() === '') report(problem('W014', keyAt, { field: 'the name of a variable' }));
  if (node.kind !== 'scalar') {
    report(problem('W011', node.at, { field, expected: 'a string, number or boolean', actual: typeName(node) }));
    return undefined;
  }
  if (node.text.includes('\0')) report(problem('W029', node.at, { field, character: 'NUL' }));
  return { name, value: node.value, text: node.value === null ? '' : node.text, source, at: node.at };
}
