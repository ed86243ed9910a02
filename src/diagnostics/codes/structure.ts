import { code, didYouMean } from '../code-entry.ts';
import { oneOf, quoted } from '../../util/visible.ts';

/** The structure of the definition: keys, types of values, nesting. */
export const structureCodes = {
  W010: code({
    severity: 'error',
    title: 'Duplicate key',
    explanation: 'The same key occurs twice in one map. Only one of the two values could apply.',
    message: (p: { key: string }) => `duplicate key ${quoted(p.key)}`,
  }),
  W011: code({
    severity: 'error',
    title: 'Wrong type of value',
    explanation:
      'The field requires another type of value. YAML reads `1.20` as a number and `true` as a boolean. Quote ' +
      'text that looks like one of these. `yes`, `no`, `on` and `off` are strings in YAML 1.2: write `true` or ' +
      '`false`. YAML reads an unquoted command that contains `: ` as a map.',
    message: (p: { field: string; expected: string; actual: string; hint?: string; suggestion?: string }) =>
      `${p.field} must be ${p.expected}, but is ${p.actual}${p.suggestion ?? ''}`,
    help: (p) => p.hint,
  }),
  W012: code({
    severity: 'error',
    title: 'Unknown field',
    explanation:
      'This field does not exist here. Unknown fields are errors, because a misspelt field would have no effect.',
    message: (p: { field: string; where: string; known: readonly string[]; suggestion?: string }) =>
      `unknown field ${quoted(p.field)} in ${p.where}${p.suggestion ?? didYouMean(p.field, p.known)}`,
    help: (p) =>
      p.suggestion !== undefined || didYouMean(p.field, p.known) !== '' || p.known.length === 0
        ? undefined
        : `known fields: ${oneOf(p.known)}`,
  }),
  W013: code({
    severity: 'error',
    title: 'Missing required field',
    explanation: 'The field has no default, and the step or input cannot work without it.',
    message: (p: { field: string; where: string; example?: string }) =>
      `${p.where} requires the field ${quoted(p.field)}`,
    help: (p) => (p.example === undefined ? undefined : `for example ${p.example}`),
  }),
  W014: code({
    severity: 'error',
    title: 'Empty value',
    explanation: 'The field, list or name is present but empty. Fill it in, or remove it.',
    message: (p: { field: string }) => `${p.field} must not be empty`,
  }),
  W015: code({
    severity: 'error',
    title: 'Step without a type',
    explanation:
      'A step has exactly one step type, such as `container`, and the fields of that type below it. The name of ' +
      'the step goes between the stage and the step type: `test: {unit: {container: …}}`.',
    message: (p: { step: string; types: readonly string[]; nameMissing?: true }) =>
      p.nameMissing ? `missing step name: ${quoted(p.step)} is a step type` : `step ${quoted(p.step)} has no step type`,
    help: (p) =>
      p.nameMissing
        ? `add a name between the stage and ${quoted(p.step)}: STEP: {${p.step}: …}`
        : `add one of ${oneOf(p.types)}`,
  }),
  W016: code({
    severity: 'error',
    title: 'Step with several types',
    explanation:
      'A step has one type. Write two steps for two types. The steps of one stage run in parallel. Stages run ' +
      'one after another.',
    message: (p: { step: string; types: readonly string[] }) =>
      `step ${quoted(p.step)} has ${p.types.length} step types: ${p.types.map(quoted).join(', ')}`,
    help: () => 'write one step for each type',
  }),
  W017: code({
    severity: 'error',
    title: 'Stage without steps',
    explanation: 'A stage requires at least one step. `environments` and `runs-if` are not steps.',
    message: (p: { stage: string }) => `stage ${quoted(p.stage)} has no steps`,
  }),
  W018: code({
    severity: 'error',
    title: 'Key is not a name',
    explanation:
      'A key must be a name or another plain text. YAML also allows lists and maps as keys, but a pipeline does ' +
      'not.',
    message: (p: { actual: string }) => `a key must be a name, but is ${p.actual}`,
  }),
  W019: code({
    severity: 'error',
    title: 'Merge of a value that is not a map',
    explanation:
      'A merge `<<` takes a map, usually an alias such as `*defaults`, or a list of maps. Earlier maps of the ' +
      'list take precedence. Keys beside the `<<` take precedence over merged keys.',
    message: (p: { actual: string }) => `\`<<\` must be a map or a list of maps, but is ${p.actual}`,
  }),
  W020: code({
    severity: 'error',
    title: 'Unknown run condition',
    explanation:
      '`runs-if` controls whether a stage runs after the stages before it. `success` (the default) runs it if ' +
      'none of them failed, `fail` if one failed, and `always` in both cases. `run-if` is an alias.',
    message: (p: { value: string; known: readonly string[] }) =>
      `unknown run condition ${quoted(p.value)}${didYouMean(p.value, p.known)}`,
    help: (p) => `write ${oneOf(p.known)}`,
  }),
  W021: code({
    severity: 'error',
    title: 'Run condition given twice',
    explanation: '`runs-if` and `run-if` are the same field. A stage may have only one of them.',
    message: (p: { stage: string }) => `stage ${quoted(p.stage)} has both \`runs-if\` and \`run-if\``,
    help: () => 'remove one of them',
  }),
  W022: code({
    severity: 'error',
    title: 'Unknown environment in a stage',
    explanation:
      '`environments` of a stage may list only environments that the file defines in its top-level ' +
      '`environments`.',
    message: (p: { name: string; known: readonly string[] }) =>
      `unknown environment ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) =>
      p.known.length === 0 ? 'add it to the top-level `environments` of the file' : `defined: ${oneOf(p.known)}`,
  }),
  W056: code({
    severity: 'error',
    title: 'Pipeline without stages',
    explanation: 'Every top-level key except `inputs` and `environments` is a stage. The file has no other key.',
    message: () => 'the pipeline has no stages',
    help: () => 'copy the example at the start of docs/wharf-ci.md',
  }),
};
