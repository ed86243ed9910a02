import type { Budget } from './budget.ts';
import type { MapValue, TimeValue, Value, VersionValue } from './values.ts';

/** What functions read that is no argument. One evaluation sees one moment. */
export interface Surroundings {
  readonly environment: (name: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The name of the local zone, such as `Europe/Berlin`. */
  readonly zone: string;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Runs a program without a shell, and returns its standard output or why it failed. */
  readonly run: (program: string, args: readonly string[]) => ProgramResult;
}

export type ProgramResult = { readonly output: string } | { readonly failure: string };

export interface Tools {
  readonly budget: Budget;
  readonly surroundings: Surroundings;
}

/** The types of parameters. Go does not convert arguments to them. */
export interface Parameters {
  readonly string: string;
  readonly bool: boolean;
  readonly int: number;
  readonly float64: number;
  readonly any: Value;
  readonly 'map[string]interface {}': MapValue;
  readonly 'time.Time': TimeValue;
  readonly '*semver.Version': VersionValue;
}

export type ParameterType = keyof Parameters;

/** The types of parameters under short names. */
export const [text, bool, whole, real, any, dict, time, version] = [
  'string',
  'bool',
  'int',
  'float64',
  'any',
  'map[string]interface {}',
  'time.Time',
  '*semver.Version',
] as const satisfies readonly ParameterType[];

type Arguments<Types extends readonly ParameterType[]> = { readonly [I in keyof Types]: Parameters[Types[I]] };

/** A function of templates: its parameters, and its work on arguments that have their types. */
export interface TemplateFunction {
  readonly parameters: readonly ParameterType[];
  /** The type of any number of further arguments. */
  readonly rest?: ParameterType;
  /** May throw what `function-stop.ts` has. */
  readonly call: (args: readonly Parameters[ParameterType][], tools: Tools) => Value;
}

export type FunctionTable = Readonly<Record<string, TemplateFunction>>;

/** Defines a function of a fixed number of arguments. */
export function takes<const Types extends readonly ParameterType[]>(
  parameters: Types,
  call: (...args: readonly [...Arguments<Types>, Tools]) => Value,
): TemplateFunction {
  const untyped = call as unknown as (...args: readonly unknown[]) => Value;
  return { parameters, call: (args, tools) => untyped(...args, tools) };
}

/** Defines a function of further arguments, which it gets as a list. */
export function takesMore<const Types extends readonly ParameterType[], const Rest extends ParameterType>(
  parameters: Types,
  rest: Rest,
  call: (...args: readonly [...Arguments<Types>, readonly Parameters[Rest][], Tools]) => Value,
): TemplateFunction {
  const untyped = call as unknown as (...args: readonly unknown[]) => Value;
  const fixed = parameters.length;
  return { parameters, rest, call: (args, tools) => untyped(...args.slice(0, fixed), args.slice(fixed), tools) };
}
