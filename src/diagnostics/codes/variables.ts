import { code, didYouMean } from '../code-entry.ts';
import { oneOf, quoted, visible } from '../../util/visible.ts';

interface UndefinedParts {
  readonly name: string;
  readonly known: readonly string[];
  readonly within?: string;
  /** Those that define it, though they are not selected. */
  readonly environments?: readonly string[];
}

const elsewhere = (p: UndefinedParts): boolean => (p.environments?.length ?? 0) > 0;

/**
 * Says how to define a variable whose name has a known source (docs/design/wharf.md, "Variables"). In the default of a
 * field, writing the field comes first.
 */
function whereFrom({ name, within = '' }: UndefinedParts): string {
  const field = / in the default (`[^`]+`)/.exec(within)?.[1];
  const write = field === undefined ? '' : `write ${field}, or `;
  if (name === 'BUILD_REF') return `${write}give --build-id`;
  if (name === 'PROJECT_ID') return `${write}give --project-id`;
  if (/^(?:REPO_(?:GROUP|NAME|BRANCH)|GIT_\w+)$/.test(name))
    return `${write}run in a Git repository ${name.startsWith('REPO_') ? 'with a remote `origin`' : 'that has it'}`;
  return field === undefined ? 'define it in `environments` or `inputs`' : `write ${field}`;
}

function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

/** Inputs, environments and `${name}`. */
export const variableCodes = {
  W030: code({
    severity: 'error',
    title: 'Variable in a field without variables',
    explanation:
      'The fields of step types and the values of `env` may have variables in them. In this field, or in a name, or in the operator’s own file, `${name}` would be taken letter by letter, which nobody means.',
    message: (p: { field: string; text: string }) => `${p.field} takes no variables, but is ${quoted(p.text)}`,
  }),
  W031: code({
    severity: 'error',
    title: 'Undefined variable',
    explanation:
      'No input, variable of the selected environment, `WHARF_VAR_…`, `.wharf-vars.yml` or built-in variable of Git has this name. Only in `cmds` and in files that a step has variables filled in, ' +
      'where other tools have variables of their own, an undefined `${name}` is left as it is. ' +
      'A name that some environment of the file defines, and the selected one does not, is a mistake in `cmds` too: the command would run without its value. ' +
      'To write `${name}` itself, escape it: `${%name%}`. ' +
      'Defaults of `docker`, `helm` and `helm-package` steps are made of variables: `REG_URL` and `CHART_REPO` are nowhere unless somebody defines them, `REPO_GROUP` and `REPO_NAME` come from the address of the Git remote `origin`.',
    message: (p: UndefinedParts) =>
      p.name === ''
        ? '`${}` names no variable'
        : `undefined variable ${quoted(p.name)}${p.within ?? ''}${elsewhere(p) ? '' : didYouMean(p.name, p.known)}`,
    help: (p) => {
      const { environments = [] } = p;
      const where = `${environments.length > 1 ? 'environments' : 'environment'} ${oneOf(environments)}`;
      if (environments.length > 0) return `it is defined in ${where}: select one with -e (--environment)`;
      if (p.name === '' || didYouMean(p.name, p.known) !== '') return undefined;
      return `${whereFrom(p)}, set ${visible(`WHARF_VAR_${p.name.slice(0, 60)}`)} in the environment of slipway, or write it under \`vars\` of a .wharf-vars.yml`;
    },
  }),
  W032: code({
    severity: 'error',
    title: 'Variables that need each other',
    explanation:
      'A value may use other variables, but not, by any way round, itself; nor may variables be nested deeper than 50.',
    message: (p: { path: readonly string[] }) =>
      new Set(p.path).size < p.path.length
        ? `variables need each other: ${p.path.map(quoted).join(' → ')}`
        : `variables are nested deeper than ${p.path.length - 1}`,
  }),
  W033: code({
    severity: 'error',
    title: 'Unknown type of input',
    explanation: 'An input is of type `string`, `number`, `choice` or `password`.',
    message: (p: { type: string; known: readonly string[] }) =>
      `unknown type of input ${quoted(p.type)}${didYouMean(p.type, p.known)}`,
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
    message: (p: { value: string; values: readonly string[] }) =>
      `the default ${quoted(p.value)} is not one of the values${didYouMean(p.value, p.values)}`,
    help: (p) => (p.values.length === 0 ? undefined : `values: ${oneOf(p.values)}`),
  }),
  W036: code({
    severity: 'error',
    title: 'Password is not given',
    explanation:
      'A step uses an input of type `password` that has no default, and nobody gave it a value: it is asked for only where somebody sits at a terminal. ' +
      'Values of passwords are stored nowhere, so `slipway resume` asks for them again.',
    message: (p: { name: string; variable: string }) => `input ${quoted(p.name)} is a password, and nobody gave it`,
    help: (p) => `set ${p.variable} in the environment of slipway, or give --input ${p.name}=@FILE`,
  }),
  W037: code({
    severity: 'error',
    title: 'Empty once its variables are filled in',
    explanation: 'The variables of this field are defined, but all of them are empty, and the field cannot be.',
    message: (p: { field: string; text: string }) =>
      `${p.field} is empty once the variables in ${quoted(p.text)} are filled in`,
  }),
  W038: code({
    severity: 'error',
    title: 'Variable grows too large',
    explanation: 'With the variables in it filled in, the value of a variable may be at most 1 MiB.',
    message: (p: { name: string }) =>
      `variable ${quoted(p.name)} grows beyond 1 MiB when the variables in it are filled in`,
  }),
  W039: code({
    severity: 'info',
    title: 'Undefined name that is left as it is',
    explanation:
      'In `cmds`, and in the files that a step has variables filled in, an undefined `${name}` may well be for the shell or for another tool, so it is left as it is written. It is told once for each name.',
    message: (p: { name: string; times: number; known: readonly string[] }) =>
      `${quoted(`\${${p.name}}`)} is no variable of the pipeline and is left as it is${p.times > 1 ? `, ${p.times} times` : ''}`,
  }),
  W042: code({
    severity: 'warning',
    title: 'Undefined name that looks like a misspelt variable',
    explanation:
      'In `cmds` an undefined `${name}` is left to the shell. This one is spelt nearly like a variable of the pipeline. If the shell is meant, write `$name` or `${%name%}`.',
    message: (p: { name: string; times: number; known: readonly string[] }) =>
      `${quoted(`\${${p.name}}`)} is no variable of the pipeline and is left to the shell${didYouMean(p.name, p.known)}`,
  }),
  W046: code({
    severity: 'error',
    title: 'Step that cannot be restored',
    explanation:
      'Secrets are stored nowhere. The log keeps a reference in place of each secret, and `resume` and `rerun` fill it in again. ' +
      'They refuse a step whose text they cannot restore exactly. There are three causes. ' +
      'The text contains a secret of the operator that has changed since. ' +
      'Or it contains a secret in a form that Slipway hides but cannot write again, such as one with only some characters encoded. ' +
      'Or an older version of Slipway wrote the log and stored the text masked.',
    message: (p: { step: string; field: string; secret?: string }) => {
      const changed = `it contains the secret ${quoted(p.secret ?? '')}, which has changed since the run began`;
      const why = p.secret === undefined ? 'the log has it only masked' : changed;
      return `cannot restore ${p.field} of step ${quoted(p.step)}: ${why}`;
    },
    help: () => 'start a new run with `slipway run`',
  }),
  W047: code({
    severity: 'error',
    title: 'Environment variable or argument that is too large',
    explanation:
      'Linux starts no program with an argument, or a `NAME=value` of its environment, of 128 KiB or more (`MAX_ARG_STRLEN`). ' +
      'The step would fail with “argument list too long”, in a container as on the host. ' +
      'This holds for `env`, for the keys of the secret that `secretName` names, for `set` of a `helm` step and for `args` of a `docker` step.',
    message: (p: { field: string; bytes: number; limit: number }) =>
      `${p.field} takes ${grouped(p.bytes)} bytes with its name, but Linux allows ${grouped(p.limit)}`,
    help: () => 'put the value into a file that the step reads',
  }),
  W049: code({
    severity: 'error',
    title: 'Plan that grows too large',
    explanation:
      'With variables filled in, all texts of the steps that run may have 64 Mi characters together. So may all values of variables.',
    message: (p: { field?: string; limit: number }) => {
      const what = p.field === undefined ? 'the values of variables grow' : `with ${p.field} the steps grow`;
      return `${what} beyond ${grouped(p.limit)} characters when the variables in them are filled in`;
    },
  }),
  W048: code({
    severity: 'error',
    title: 'Another password than the run had',
    explanation:
      'Secrets are stored nowhere, only a salted hash of each. A run that goes on needs those that it began with, since steps that have ended were made with them.',
    message: (p: { name: string; variable: string }) =>
      `the password ${quoted(p.name)} is not the one that the run began with`,
    help: (p) => `give the same one by --input ${p.name}=@FILE or ${p.variable}, or start a new run`,
  }),
  W043: code({
    severity: 'warning',
    title: 'Secret on the command line',
    explanation:
      'Arguments of a process can be read by everybody on the machine, and the shell keeps them in its history.',
    message: (p: { name: string; variable: string }) =>
      `the value of password ${quoted(p.name)} was given as an argument, where others can read it`,
    help: (p) => `give it by --input ${p.name}=@FILE, by ${p.variable} in the environment, or when it is asked for`,
  }),
  W044: code({
    severity: 'warning',
    title: 'Secret that is too short to be hidden',
    explanation:
      'A secret under 4 characters is found everywhere in the output, so that masking it hides what is harmless, and tells by its places what it is.',
    message: (p: { name: string }) =>
      `${quoted(p.name)} has under 4 characters: it is hidden from the output wherever it occurs, but easily guessed`,
  }),
  W045: code({
    severity: 'warning',
    title: 'Variables that cannot be read',
    explanation:
      'A `.wharf-vars.yml` above the folder of the pipeline, or a `wharf-vars.yml` of the user or of the machine, is there but cannot be opened, is no regular file, is not UTF-8 text, or is larger than 8 MiB. ' +
      'The pipeline is looked at as if it were not there. The one beside the `.wharf-ci.yml` has to be readable. ' +
      'One that another user may have put there for you to find, in a folder such as `/tmp`, is left out wherever it is.',
    message: (p: { detail: string }) => `variables of this file are left out: ${p.detail}`,
  }),
  W060: code({
    severity: 'error',
    title: 'Secret where others could read it',
    explanation:
      'The value of this field becomes part of a name, an argument or the specification of a container: `docker inspect`, the list of processes and the history of an image show it to others. ' +
      'Secrets may stand in `cmds`, in values of `env` and of `set`, in `args` of a docker step, and in files that a step has variables filled in.',
    message: (p: { field: string; secret: string }) => `${p.field} would show the secret ${quoted(p.secret)} to others`,
    help: () => 'hand it over by `env`, and let a command use it',
  }),
  W040: code({
    severity: 'error',
    title: 'Unknown input on the command line',
    explanation: '`--input` gives a value to an input that the file defines in `inputs`.',
    message: (p: { name: string; known: readonly string[] }) =>
      `the pipeline has no input ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'it has no inputs at all' : `inputs: ${oneOf(p.known)}`),
  }),
  W041: code({
    severity: 'error',
    title: 'Input has an unfit value',
    explanation:
      'The value given with `--input` must be a number for an input of type `number`, and one of the `values` for one of type `choice`.',
    message: (p: { name: string; value: string; expected: 'number' | 'choice'; values: readonly string[] }) =>
      p.expected === 'number'
        ? `input ${quoted(p.name)} must be a number, but ${quoted(p.value)} was given`
        : `input ${quoted(p.name)} cannot be ${quoted(p.value)}${didYouMean(p.value, p.values)}`,
    help: (p) => (p.expected === 'choice' ? `values: ${oneOf(p.values)}` : undefined),
  }),
};
