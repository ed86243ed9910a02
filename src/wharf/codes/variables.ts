import { code, didYouMean } from '../../diagnostics/code-entry.ts';
import { oneOf, quoted, visible } from '../../util/visible.ts';

interface UndefinedParts {
  readonly name: string;
  readonly known: readonly string[];
  readonly within?: string;
  /** Unselected environments that define it. */
  readonly environments?: readonly string[];
}

const elsewhere = (p: UndefinedParts): boolean => (p.environments?.length ?? 0) > 0;

/**
 * Returns how to define a variable, by its name (docs/design/wharf.md, "Variables"). For a variable in a default,
 * suggests setting the field.
 */
function whereFrom({ name, within = '' }: UndefinedParts): string {
  const field = / in the default (`[^`]+`)/.exec(within)?.[1];
  const write = field === undefined ? '' : `write ${field}, or `;
  if (name === 'BUILD_REF') return `${write}pass --build-id`;
  if (name === 'PROJECT_ID') return `${write}pass --project-id`;
  if (/^(?:REPO_(?:GROUP|NAME|BRANCH)|GIT_\w+)$/.test(name))
    return `${write}run in a Git repository ${name.startsWith('REPO_') ? 'with a remote `origin`' : 'that defines it'}`;
  return field === undefined ? 'define it in `environments` or `inputs`' : `write ${field}`;
}

function environmentNames(names: readonly string[]): string {
  return `${names.length > 1 ? 'environments' : 'environment'} ${oneOf(names)}`;
}

function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

/** Inputs, environments and `${name}`. */
export const variableCodes = {
  W031: code({
    severity: 'error',
    title: 'Undefined variable',
    explanation:
      'No input, variable of the selected environment, `WHARF_VAR_…` variable, `.wharf-vars.yml` or built-in ' +
      'Git variable has this name. Only `cmds` and files with substituted variables may contain an undefined ' +
      '`${name}`: Slipway leaves it as it is, because shells and other tools use the same syntax. In `cmds`, a ' +
      'name that only another environment defines is an error too, because the command would run without its ' +
      'value. To write a literal `${name}`, escape it: `${%name%}`. The defaults of `docker`, `helm` and ' +
      '`helm-package` steps contain variables. You must define `REG_URL` and `CHART_REPO` yourself. ' +
      '`REPO_GROUP` and `REPO_NAME` come from the URL of the Git remote `origin`.',
    message: (p: UndefinedParts) =>
      p.name === ''
        ? '`${}` has no variable name'
        : `undefined variable ${quoted(p.name)}${p.within ?? ''}${elsewhere(p) ? '' : didYouMean(p.name, p.known)}`,
    help: (p) => {
      const { environments = [] } = p;
      if (environments.length > 0)
        return `defined only in ${environmentNames(environments)}: select one with -e (--environment)`;
      if (p.name === '' || didYouMean(p.name, p.known) !== '') return undefined;
      return `${whereFrom(p)}, set the environment variable ${visible(`WHARF_VAR_${p.name.slice(0, 60)}`)}, or add it to \`vars\` in a .wharf-vars.yml`;
    },
  }),
  W032: code({
    severity: 'error',
    title: 'Circular variables',
    explanation:
      'The value of a variable may contain other variables, but must not depend on itself. Variables may be ' +
      'nested at most 50 deep.',
    message: (p: { path: readonly string[] }) =>
      new Set(p.path).size < p.path.length
        ? `circular reference: ${p.path.map(quoted).join(' → ')}`
        : `variables are nested deeper than ${p.path.length - 1}`,
  }),
  W033: code({
    severity: 'error',
    title: 'Unknown input type',
    explanation: 'An input has the type `string`, `number`, `choice` or `password`.',
    message: (p: { type: string; known: readonly string[] }) =>
      `unknown input type ${quoted(p.type)}${didYouMean(p.type, p.known)}`,
    help: (p) => `write ${oneOf(p.known)}`,
  }),
  W034: code({
    severity: 'error',
    title: 'Duplicate input',
    explanation: 'Each input defines a variable, so two inputs cannot have the same name.',
    message: (p: { name: string }) => `duplicate input ${quoted(p.name)}`,
  }),
  W035: code({
    severity: 'error',
    title: 'Default is not a choice',
    explanation: 'The `default` of an input of type `choice` must be one of its `values`.',
    message: (p: { value: string; values: readonly string[] }) =>
      `the default ${quoted(p.value)} is not one of the values${didYouMean(p.value, p.values)}`,
    help: (p) => (p.values.length === 0 ? undefined : `values: ${oneOf(p.values)}`),
  }),
  W037: code({
    severity: 'error',
    title: 'Empty after substitution',
    explanation: 'All variables of this field are defined but empty, and the field must not be empty.',
    message: (p: { field: string; text: string }) =>
      `${p.field} is empty after substituting the variables in ${quoted(p.text)}`,
  }),
  W038: code({
    severity: 'error',
    title: 'Variable too large',
    explanation: 'After substitution, the value of a variable may be at most 1 MiB.',
    message: (p: { name: string }) =>
      `variable ${quoted(p.name)} is larger than 1 MiB after substituting the variables in it`,
  }),
  W039: code({
    severity: 'info',
    title: 'Undefined name left as it is',
    explanation:
      'In `cmds` and in files with substituted variables, an undefined `${name}` may belong to the shell or ' +
      'another tool. Slipway leaves it as it is, and reports each name once.',
    message: (p: { name: string; times: number; known: readonly string[] }) =>
      `${quoted(`\${${p.name}}`)} is not a variable of the pipeline and is left as it is${p.times > 1 ? `, ${p.times} times` : ''}`,
  }),
  W042: code({
    severity: 'warning',
    title: 'Undefined name that resembles a variable',
    explanation:
      'In `cmds`, Slipway leaves an undefined `${name}` to the shell. This name resembles a variable of the ' +
      'pipeline. If you mean a shell variable, write `$name` or `${%name%}`.',
    message: (p: { name: string; times: number; known: readonly string[] }) =>
      `${quoted(`\${${p.name}}`)} is not a variable of the pipeline and is left to the shell${didYouMean(p.name, p.known)}`,
  }),
  W057: code({
    severity: 'warning',
    title: 'Variable that some environments lack',
    explanation:
      '`slipway validate` checks a file for all of its environments. This command uses a variable that only some of ' +
      'them define. With the others, `slipway run` refuses the step (W031), because the command would run without ' +
      'the value. Define the variable in each environment, or limit the stage with `environments`.',
    message: (p: {
      name: string;
      step: string;
      within?: string | undefined;
      lacking: readonly string[];
      having: readonly string[];
    }) => {
      const within = p.within === undefined ? '' : ` in the value of ${quoted(p.within)}`;
      return `step ${quoted(p.step)} cannot run with ${environmentNames(p.lacking)}: undefined variable ${quoted(p.name)}${within}`;
    },
    help: (p) =>
      `defined only in ${environmentNames(p.having)}; define it in each environment, or limit the stage with \`environments\``,
  }),
  W047: code({
    severity: 'error',
    title: 'Environment variable or argument too large',
    explanation:
      'On Linux, one argument or one `NAME=value` of the environment must be smaller than 128 KiB ' +
      '(`MAX_ARG_STRLEN`). The step would fail with “argument list too long”, in a container and on the host. ' +
      'The limit applies to `env`, to the keys of the secret in `secretName`, to `set` of a `helm` step and to ' +
      '`args` of a `docker` step.',
    message: (p: { field: string; bytes: number; limit: number }) =>
      `${p.field} has ${grouped(p.bytes)} bytes including its name, but Linux allows at most ${grouped(p.limit)}`,
    help: () => 'write the value to a file, and read that file in the step',
  }),
  W049: code({
    severity: 'error',
    title: 'Plan too large',
    explanation:
      'After substitution, all texts of the selected steps together may have at most 64 Mi characters. The same ' +
      'limit applies to the values of all variables.',
    message: (p: { field?: string; limit: number }) => {
      const what = p.field === undefined ? 'the values of variables have' : `with ${p.field}, the steps have`;
      return `${what} more than ${grouped(p.limit)} characters after substituting their variables`;
    },
  }),
  W045: code({
    severity: 'warning',
    title: 'Cannot read a variables file',
    explanation:
      'Slipway cannot read a `.wharf-vars.yml` in a parent folder, or the `wharf-vars.yml` of the user or the ' +
      'machine. It must be a regular file of UTF-8 text, at most 8 MiB large. Slipway continues without it. A ' +
      '`.wharf-vars.yml` beside the `.wharf-ci.yml` must be readable. In a shared folder such as `/tmp`, ' +
      'Slipway ignores files of other users.',
    message: (p: { detail: string }) => `ignoring this variables file: ${p.detail}`,
  }),
  W060: code({
    severity: 'error',
    title: 'Secret visible to others',
    explanation:
      'The value of this field becomes part of a name, an argument or a container specification. `docker ' +
      'inspect`, the process list and the image history show it to other users. Use secrets only in `cmds`, in ' +
      'values of `env` and `set`, in `args` of a docker step, and in files with substituted variables.',
    message: (p: { field: string; secret: string }) =>
      `${p.field} would expose the secret ${quoted(p.secret)} to other users`,
    help: () => 'pass it in `env`, and use it in a command',
  }),
  W040: code({
    severity: 'error',
    title: 'Unknown input on the command line',
    explanation: '`--input` sets an input that the file defines in `inputs`.',
    message: (p: { name: string; known: readonly string[] }) =>
      `the pipeline has no input ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'it defines no inputs' : `inputs: ${oneOf(p.known)}`),
  }),
  W041: code({
    severity: 'error',
    title: 'Invalid value for an input',
    explanation: 'An input of type `number` takes a number. An input of type `choice` takes one of its `values`.',
    message: (p: { name: string; value: string; expected: 'number' | 'choice'; values: readonly string[] }) =>
      p.expected === 'number'
        ? `input ${quoted(p.name)} must be a number, but is ${quoted(p.value)}`
        : `invalid value ${quoted(p.value)} for input ${quoted(p.name)}${didYouMean(p.value, p.values)}`,
    help: (p) => (p.expected === 'choice' ? `values: ${oneOf(p.values)}` : undefined),
  }),
};
