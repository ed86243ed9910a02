import { code, didYouMean } from '../code-entry.ts';
import { oneOf, quoted } from '../../util/visible.ts';

/** The shape of the definition: keys, types of values, what belongs where. */
export const structureCodes = {
  W010: code({
    severity: 'error',
    title: 'Key given twice',
    explanation:
      'The same key stands twice in one map. Only one of the two values could hold, and which one would be a guess.',
    message: (p: { key: string }) => `${quoted(p.key)} is given twice`,
  }),
  W011: code({
    severity: 'error',
    title: 'Value of another type',
    explanation:
      'The field takes another type of value. YAML reads `1.20` as a number and `true` as a boolean: put text that looks like one of these in quotes. ' +
      '`yes`, `no`, `on` and `off` are strings in YAML 1.2: write `true` or `false`. A command with `: ` in it is read as a map unless it is quoted.',
    message: (p: { field: string; expected: string; actual: string; hint?: string; suggestion?: string }) =>
      `${p.field} must be ${p.expected}, but is ${p.actual}${p.suggestion ?? ''}`,
    help: (p) => p.hint,
  }),
  W012: code({
    severity: 'error',
    title: 'Unknown field',
    explanation:
      'There is no such field here. Unknown fields are errors because a misspelt one would otherwise do nothing, silently.',
    message: (p: { field: string; where: string; known: readonly string[]; suggestion?: string }) =>
      `unknown field ${quoted(p.field)} in ${p.where}${p.suggestion ?? didYouMean(p.field, p.known)}`,
    help: (p) =>
      p.suggestion !== undefined || didYouMean(p.field, p.known) !== '' || p.known.length === 0
        ? undefined
        : `known here: ${oneOf(p.known)}`,
  }),
  W013: code({
    severity: 'error',
    title: 'Required field missing',
    explanation: 'The field has no default, and nothing can be run without it.',
    message: (p: { field: string; where: string; example?: string }) => `${p.where} needs a field ${quoted(p.field)}`,
    help: (p) => (p.example === undefined ? undefined : `for example ${p.example}`),
  }),
  W014: code({
    severity: 'error',
    title: 'Empty value',
    explanation: 'The field, the list or the name is there but empty. Remove it, or fill it in.',
    message: (p: { field: string }) => `${p.field} must not be empty`,
  }),
  W015: code({
    severity: 'error',
    title: 'Step without a type',
    explanation:
      'A step says what it does by exactly one step type, such as `container`, with its fields below it. Between the stage and the step type stands the name of the step: ' +
      '`test: {unit: {container: …}}`.',
    message: (p: { step: string; types: readonly string[]; nameMissing?: true }) =>
      p.nameMissing
        ? `a step name is missing: ${quoted(p.step)} is a step type`
        : `step ${quoted(p.step)} has no step type`,
    help: (p) =>
      p.nameMissing
        ? `put a name between the stage and ${quoted(p.step)}: STEP: {${p.step}: …}`
        : `add one of ${oneOf(p.types)}`,
  }),
  W016: code({
    severity: 'error',
    title: 'Step with several types',
    explanation:
      'A step does one thing. Two types are two steps: those of one stage run in parallel, those of two stages one after the other.',
    message: (p: { step: string; types: readonly string[] }) =>
      `step ${quoted(p.step)} has ${p.types.length} step types: ${p.types.map(quoted).join(', ')}`,
    help: () => 'make a step of each',
  }),
  W017: code({
    severity: 'error',
    title: 'Stage without steps',
    explanation:
      'A stage needs at least one step. A stage of nothing but `environments` or `runs-if` has nothing that could succeed.',
    message: (p: { stage: string }) => `stage ${quoted(p.stage)} has no steps`,
  }),
  W018: code({
    severity: 'error',
    title: 'Key that is not a name',
    explanation:
      'A key is a plain word or text. YAML also allows lists and maps as keys, but no field or step can be called that.',
    message: (p: { actual: string }) => `a key must be a name, but this one is ${p.actual}`,
  }),
  W019: code({
    severity: 'error',
    title: 'Merge of something that is no map',
    explanation:
      'A merge `<<` takes a map, usually an alias such as `*defaults`, or a list of maps of which earlier ones win. Keys beside the `<<` win over merged ones.',
    message: (p: { actual: string }) => `\`<<\` merges maps, but this is ${p.actual}`,
  }),
  W020: code({
    severity: 'error',
    title: 'Unknown run condition',
    explanation:
      '`runs-if` says when a stage runs, given how those before it ended: `success` (the default) when none failed, `fail` when one did, `always` either way. `run-if` is another spelling of it.',
    message: (p: { value: string; known: readonly string[] }) =>
      `unknown run condition ${quoted(p.value)}${didYouMean(p.value, p.known)}`,
    help: (p) => `write ${oneOf(p.known)}`,
  }),
  W021: code({
    severity: 'error',
    title: 'Both spellings of the run condition',
    explanation: '`runs-if` and `run-if` mean the same. A stage has one of them.',
    message: (p: { stage: string }) => `stage ${quoted(p.stage)} has both \`runs-if\` and \`run-if\``,
    help: () => 'remove one of them',
  }),
  W022: code({
    severity: 'error',
    title: 'Stage names an unknown environment',
    explanation: 'A stage may only be limited to environments that the file defines in its `environments`.',
    message: (p: { name: string; known: readonly string[] }) =>
      `there is no environment ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) =>
      p.known.length === 0
        ? 'the file defines none: add it to `environments` at its top'
        : `defined: ${oneOf(p.known)}`,
  }),
  W056: code({
    severity: 'error',
    title: 'Pipeline without stages',
    explanation: 'Every key at the top of the file other than `inputs` and `environments` is a stage. There is none.',
    message: () => 'the pipeline has no stages',
    help: () => 'docs/wharf-ci.md begins with a pipeline to copy',
  }),
};
