import { code, didYouMean } from '../code-entry.ts';
import { oneOf, quoted, visible } from '../visible.ts';

interface UndefinedParts {
  readonly name: string;
  readonly known: readonly string[];
  readonly within?: string;
  /** Those that define it, though they are not selected. */
  readonly environments?: readonly string[];
}

const elsewhere = (p: UndefinedParts): boolean => (p.environments?.length ?? 0) > 0;

/** Inputs, environments and `${name}`. */
export const variableCodes = {
  W030: code({
    severity: 'error',
    title: 'Variable in a field without variables',
    explanation:
      'The fields of a `container` step and the values of `env` may have variables in them. In this field `${name}` would be taken letter by letter, which nobody means.',
    message: (p: { field: string; text: string }) => `${p.field} takes no variables, but is ${quoted(p.text)}`,
  }),
  W031: code({
    severity: 'error',
    title: 'Undefined variable',
    explanation:
      'No input, variable of the selected environment or `WHARF_VAR_…` has this name. Only in `cmds`, where the shell has variables of its own, an undefined `${name}` is left as it is. ' +
      'To write `${name}` itself, escape it: `${%name%}`.',
    message: (p: UndefinedParts) =>
      p.name === '' ? '`${}` names no variable' : `undefined variable ${quoted(p.name)}${p.within ?? ''}${elsewhere(p) ? '' : didYouMean(p.name, p.known)}`,
    help: (p) => {
      if (elsewhere(p)) return `it is defined in environment ${oneOf(p.environments ?? [])}: add --environment`;
      if (p.name === '' || didYouMean(p.name, p.known) !== '') return undefined;
      return `define it in \`environments\` or \`inputs\`, or set ${visible(`WHARF_VAR_${p.name.slice(0, 60)}`)} in the environment of slipway`;
    },
  }),
  W032: code({
    severity: 'error',
    title: 'Variables that need each other',
    explanation: 'A value may use other variables, but not, by any way round, itself; nor may variables be nested deeper than 50.',
    message: (p: { path: readonly string[] }) =>
      new Set(p.path).size < p.path.length ? `variables need each other: ${p.path.map(quoted).join(' → ')}` : `variables are nested deeper than ${p.path.length - 1}`,
  }),
  W033: code({
    severity: 'error',
    title: 'Unknown type of input',
    explanation: 'An input is of type `string`, `number`, `choice` or `password`.',
    message: (p: { type: string; known: readonly string[] }) => `unknown type of input ${quoted(p.type)}${didYouMean(p.type, p.known)}`,
    help: (p) => `write ${oneOf(p.known)}`,
  }),
  W034: code({
    severity: 'error',
    title: 'Two inputs of one name',
    explanation: 'Each input defines a variable; two of one name would hide each other.',
    message: (p: { name: string }) => `there are two inputs ${quoted(p.name)}`,
  }),
  W035: code({
    severity: 'error',
    title: 'Default is not a choice',
    explanation: 'The `default` of an input of type `choice` must be one of its `values`.',
    message: (p: { value: string; values: readonly string[] }) => `the default ${quoted(p.value)} is not one of the values${didYouMean(p.value, p.values)}`,
    help: (p) => (p.values.length === 0 ? undefined : `values: ${oneOf(p.values)}`),
  }),
  W036: code({
    severity: 'error',
    title: 'Passwords are not supported yet',
    explanation:
      'Inputs of type `password` are refused until Slipway can keep them out of logs and stored plans. Running such a pipeline now would write the password down.',
    message: (p: { name: string }) => `input ${quoted(p.name)}: inputs of type \`password\` are not supported yet`,
  }),
  W037: code({
    severity: 'error',
    title: 'Empty once its variables are filled in',
    explanation: 'The variables of this field are defined, but all of them are empty, and the field cannot be.',
    message: (p: { field: string; text: string }) => `${p.field} is empty once the variables in ${quoted(p.text)} are filled in`,
  }),
  W038: code({
    severity: 'error',
    title: 'Variable grows too large',
    explanation: 'With the variables in it filled in, the value of a variable may be at most 1 MiB.',
    message: (p: { name: string }) => `variable ${quoted(p.name)} grows beyond 1 MiB when the variables in it are filled in`,
  }),
  W040: code({
    severity: 'error',
    title: 'Unknown input on the command line',
    explanation: '`--input` gives a value to an input that the file defines in `inputs`.',
    message: (p: { name: string; known: readonly string[] }) => `the pipeline has no input ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'it has no inputs at all' : `inputs: ${oneOf(p.known)}`),
  }),
  W041: code({
    severity: 'error',
    title: 'Input has an unfit value',
    explanation: 'The value given with `--input` must be a number for an input of type `number`, and one of the `values` for one of type `choice`.',
    message: (p: { name: string; value: string; expected: 'number' | 'choice'; values: readonly string[] }) =>
      p.expected === 'number'
        ? `input ${quoted(p.name)} must be a number, but ${quoted(p.value)} was given`
        : `input ${quoted(p.name)} cannot be ${quoted(p.value)}${didYouMean(p.value, p.values)}`,
    help: (p) => (p.expected === 'choice' ? `values: ${oneOf(p.values)}` : undefined),
  }),
};
