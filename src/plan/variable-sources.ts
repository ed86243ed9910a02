import { problem, type Report } from '../diagnostics/problem.ts';
import type { EnvironmentDefinition, InputDefinition, PipelineDefinition } from '../config/wharf/definition.ts';
import { Variables, type Variable, type VariableSource } from '../vars/variables.ts';

/** Values from outside of the file. */
export interface GivenVariables {
  /** `--input NAME=VALUE`; of a name given twice the last. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Weaker than the file's own: `WHARF_VAR_…` (`vars/process-variables.ts`), then whatever else there is, strongest first. */
  readonly outer?: readonly VariableSource[];
}

/** Everything that `${name}` may mean, strongest first: given inputs, defaults of inputs, the environment, then what comes from outside (wharf.md 1.7). */
export function gatherVariables(definition: PipelineDefinition, environment: string | undefined, given: GivenVariables, report: Report): Variables {
  const selected = definition.environments.find(({ name }) => name === environment);
  return new Variables([givenInputs(definition.inputs, given.inputs ?? {}, report), defaults(definition.inputs), ofEnvironment(selected), ...(given.outer ?? [])]);
}

function givenInputs(inputs: readonly InputDefinition[], given: Readonly<Record<string, string>>, report: Report): VariableSource {
  const source = new Map<string, Variable>();
  for (const [name, text] of Object.entries(given)) {
    const input = inputs.find((one) => one.name === name);
    if (!input) report(problem('W040', undefined, { name, known: inputs.map((one) => one.name) }));
    else if (checkInput(input, text, report)) source.set(name, { name, text, source: '--input' });
  }
  return source;
}

function checkInput(input: InputDefinition, value: string, report: Report): boolean {
  const { name, type, values, at } = input;
  const fits = type === 'number' ? /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(value) : type !== 'choice' || values.includes(value);
  if (!fits) report(problem('W041', at, { name, value, expected: type === 'number' ? 'number' : 'choice', values }));
  return fits;
}

function defaults(inputs: readonly InputDefinition[]): VariableSource {
  return new Map(inputs.map(({ name, default: fallback }) => [name, { name, text: fallback.text, source: 'default of the input', at: fallback.at }]));
}

function ofEnvironment(environment: EnvironmentDefinition | undefined): VariableSource {
  const source = `environment ${environment?.name ?? ''}`;
  return new Map(environment?.variables.map(({ name, value }) => [name, { name, text: value.text, source, at: value.at }]));
}
