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
};
