import { code, didYouMean } from '../../diagnostics/code-entry.ts';
import { quoted, visible } from '../../util/visible.ts';

/** A function of a chart or of another tool that people expect here too. */
const helmFunctions = new Set([
  'include',
  'tpl',
  'required',
  'lookup',
  'toYaml',
  'fromYaml',
  'toToml',
  'getHostByName',
]);

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Templates in fields of `skaffold.yaml`. */
export const templateCodes = {
  S060: code({
    severity: 'error',
    title: 'Invalid template',
    explanation:
      'Several fields of `skaffold.yaml` are Go templates. An action starts with `{{` and ends with `}}`. Actions ' +
      'such as `if`, `with` and `range` end with `{{end}}`.',
    message: (p: { problem: string }) => `invalid template: ${visible(p.problem)}`,
  }),
  S061: code({
    severity: 'error',
    title: 'Unknown template function',
    explanation:
      'Templates have the functions of Go templates, those of Sprig, and `cmd`. Functions that Helm adds for charts ' +
      'do not exist in `skaffold.yaml`.',
    message: (p: { name: string; known: readonly string[] }) =>
      `unknown template function ${quoted(p.name)}${helmFunctions.has(p.name) ? '' : didYouMean(p.name, p.known)}`,
    help: (p) => (helmFunctions.has(p.name) ? `only charts of Helm have ${quoted(p.name)}` : undefined),
  }),
  S062: code({
    severity: 'error',
    title: 'Unsupported in templates',
    explanation:
      'Skaffold accepts this part of Go templates or of Sprig, but Slipway does not support it. Functions that make ' +
      'keys, certificates and password hashes are not supported, nor are network lookups and complex numbers.',
    message: (p: { what: string }) => `templates do not support ${visible(p.what)}`,
    help: () => 'compute the value outside, and pass it in an environment variable',
  }),
  S063: code({
    severity: 'error',
    title: 'Wrong number of arguments in a template',
    explanation:
      'A template calls a function with too many or too few arguments. The value before a `|` is the last argument ' +
      'of the function after it.',
    message: (p: { name: string; has: number; wants: string }) =>
      `wrong number of arguments for ${quoted(p.name)}: has ${p.has}, wants ${p.wants}`,
  }),
  S064: code({
    severity: 'error',
    title: 'Wrong type of argument in a template',
    explanation:
      'A template passes an argument of the wrong type. Go templates do not convert values: `"3"` is a string, and ' +
      'functions such as `add` return an `int64`, while `trunc` wants an `int`.',
    message: (p: { name: string; argument: number; wants: string; has: string }) =>
      `argument ${p.argument} of ${quoted(p.name)} must be ${visible(p.wants)}, but is ${visible(p.has)}`,
    help: (p) => {
      if (p.wants === 'string') return 'convert the argument with `toString`';
      return p.wants === 'int' || p.wants === 'float64' ? `convert the argument with \`${p.wants}\`` : undefined;
    },
  }),
  S065: code({
    severity: 'error',
    title: 'Undefined value in a template',
    explanation:
      'A template reads a value that is not defined: neither an environment variable nor one of the values that ' +
      'Skaffold computes for the field, such as `IMAGE_NAME`.',
    message: (p: { key: string; known: readonly string[] }) =>
      `the template uses ${quoted(`.${p.key}`)}, which is not defined${didYouMean(p.key, p.known)}`,
    help: (p) => `set the environment variable ${quoted(p.key)}`,
  }),
  S066: code({
    severity: 'error',
    title: 'Failed template function',
    explanation: 'A function of a template fails for its arguments, or the program that `cmd` runs fails.',
    message: (p: { name: string; why: string }) => `template function ${quoted(p.name)} failed: ${visible(p.why)}`,
  }),
  S067: code({
    severity: 'error',
    title: 'Template that produces too much',
    explanation:
      'A template may produce 1 MiB of text and take a million steps. Its parentheses, blocks and templates may be ' +
      'nested 100 deep. Larger ones are almost always mistakes.',
    message: (p: { limit: number; unit: 'step' | 'byte' | 'level' }) => {
      if (p.unit === 'level') return `the template is nested deeper than ${plural(p.limit, p.unit)}`;
      return `the template ${p.unit === 'byte' ? 'produces' : 'takes'} more than ${plural(p.limit, p.unit)}`;
    },
  }),
  S068: code({
    severity: 'error',
    title: 'Undefined template variable',
    explanation:
      'A variable such as `$name` must be declared before with `{{$name := …}}`. One that is declared inside of ' +
      '`if`, `with` or `range` ends with that block.',
    message: (p: { name: string; known: readonly string[] }) =>
      // Names of one letter are never suggested for each other.
      `undefined template variable ${quoted(p.name)}${p.name.length > 2 ? didYouMean(p.name, p.known) : ''}`,
    help: (p) => `to read an environment variable, write ${quoted(`.${p.name.slice(1)}`)}`,
  }),
  S069: code({
    severity: 'error',
    title: 'Template that cannot be evaluated',
    explanation:
      'The template is valid, but its values do not fit: it reads a field of a text, ranges over a value that is no ' +
      'list, or passes arguments to a value that is no function.',
    message: (p: { problem: string }) => `cannot evaluate the template: ${visible(p.problem)}`,
  }),
};
