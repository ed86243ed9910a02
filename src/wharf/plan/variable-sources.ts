import type { GivenInput } from '../../model/given-input.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import type { EnvironmentDefinition, InputDefinition, PipelineDefinition } from '../config/definition.ts';
import { Variables, type Variable, type VariableSource } from '../vars/variables.ts';

/** Values from outside the file. */
export interface GivenVariables {
  /** The last value of a name wins. */
  readonly inputs?: readonly GivenInput[];
  /**
   * Weaker than the file's own variables, strongest first: flags, `WHARF_VAR_…`, `.wharf-vars.yml`, Git
   * (docs/design/wharf.md, "Variables").
   */
  readonly outer?: readonly VariableSource[];
}

/**
 * Returns all variable sources, strongest first: given inputs, defaults of inputs, the environment, then outside
 * sources (docs/design/wharf.md, "Variables").
 */
export function gatherVariables(
  definition: PipelineDefinition,
  environment: string | undefined,
  given: GivenVariables,
  report: Report,
): Variables {
  const selected = definition.environments.find(({ name }) => name === environment);
  return new Variables([
    givenInputs(definition.inputs, given.inputs ?? [], report),
    defaults(definition.inputs),
    ofEnvironment(selected),
    ...(given.outer ?? []),
  ]);
}

function sourceOf({ from, variable }: GivenInput): string {
  switch (from) {
    case 'argument':
    case 'file':
      return '--input';
    case 'environment':
      return variable ?? 'environment';
    case 'prompt':
      return 'asked for';
  }
}

/** Reports unknown inputs (W040) and invalid values (W041). */
export function checkInputs(inputs: readonly InputDefinition[], given: readonly GivenInput[], report: Report): void {
  givenInputs(inputs, given, report);
}

function givenInputs(inputs: readonly InputDefinition[], given: readonly GivenInput[], report: Report): VariableSource {
  const source = new Map<string, Variable>();
  for (const one of given) {
    const { name, value } = one;
    const input = inputs.find((known) => known.name === name);
    if (!input) report(problem('W040', undefined, { name, known: inputs.map((known) => known.name) }));
    else if (checkInput(input, value, report)) source.set(name, givenVariable(input, value, sourceOf(one)));
  }
  return source;
}

function givenVariable({ name, type }: InputDefinition, given: string, source: string): Variable {
  if (type === 'password') return secretVariable(name, source);
  if (type !== 'number') return { name, value: given, text: given, source };
  const value = Number(given);
  return { name, value, text: /e/i.test(given) ? plainDecimal(value) : given, source };
}

/** Returns a password without its value. It is looked up only for the steps that use it (`secrets/`). */
function secretVariable(name: string, source: string, at?: Variable['at']): Variable {
  return { name, value: '', text: '', source, secret: true, ...(at && { at }) };
}

/** Formats a number without an exponent, as upstream does (docs/design/wharf.md, "Variables"). */
function plainDecimal(value: number): string {
  return value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 });
}

function checkInput(input: InputDefinition, value: string, report: Report): boolean {
  const { name, type, values, at } = input;
  const fits =
    type === 'number'
      ? /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(value)
      : type !== 'choice' || values.includes(value);
  if (!fits) report(problem('W041', at, { name, value, expected: type === 'number' ? 'number' : 'choice', values }));
  return fits;
}

function defaults(inputs: readonly InputDefinition[]): VariableSource {
  return new Map(
    inputs.map(({ name, type, hasDefault, default: { value, text, at } }) => {
      const source = hasDefault ? 'default of the input' : 'input without a value';
      return [name, type === 'password' ? secretVariable(name, source, at) : { name, value, text, source, at }];
    }),
  );
}

function ofEnvironment(environment: EnvironmentDefinition | undefined): VariableSource {
  const source = `environment ${environment?.name ?? ''}`;
  return new Map(
    environment?.variables.map(({ name, value: { value, text, at } }) => [name, { name, value, text, source, at }]),
  );
}
