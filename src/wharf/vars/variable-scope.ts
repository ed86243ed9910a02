import type { LeftBecause, ListedVariable, VariableDefinition, VariableScope } from '../../model/variable-scope.ts';
import { placeOf } from '../../diagnostics/source-text.ts';
import { maskText } from '../../model/mask-text.ts';
import { secretsOf, textOfParts, type Variable, type Variables } from './variables.ts';
import { substituteStream } from './substitute-stream.ts';

/** Returns the variables for commands that show or use them. */
export function variableScope(variables: Variables): VariableScope {
  const names = [...variables.names()].sort();
  return {
    variables: names.flatMap((name) => listed(name, variables)),
    substitute: (source, left) =>
      substituteStream(source, printable(names, variables), (name) => left(name, whyLeft(name, variables))),
  };
}

function listed(name: string, variables: Variables): ListedVariable[] {
  const [first, ...others] = variables.all(name);
  if (first === undefined) return [];
  const resolution = variables.resolve(name);
  const found = resolution.status === 'found' ? resolution : undefined;
  // A name that is secret in any source is masked: overridden definitions may contain the same password.
  const secret = variables.all(name).some((one) => one.secret);
  const text =
    found && (secret ? maskText : found.parts.map((part) => (typeof part === 'string' ? part : maskText)).join(''));
  return [
    {
      ...defined(first, secret),
      ...(text !== undefined && { text }),
      secret: secret || (found !== undefined && secretsOf(found.parts).length > 0),
      missing: [...new Set(found?.missing.map((one) => one.name))],
      hides: others.map((other) => defined(other, secret)),
    },
  ];
}

function defined({ name, value, source, at }: Variable, secret: boolean): VariableDefinition {
  const place = at && ('source' in at ? placeOf(at) : at);
  // Without the lines of the file: one may contain the default of a password.
  return {
    name,
    value: secret ? maskText : value,
    source,
    ...(place && { place: { file: place.file, line: place.line, column: place.column } }),
  };
}

/** Returns every value that may leave the process. */
function printable(names: readonly string[], variables: Variables): ReadonlyMap<string, string> {
  return new Map(
    names.flatMap((name) => {
      const resolution = variables.resolve(name);
      const text = resolution.status === 'found' ? textOfParts(resolution.parts) : undefined;
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
}

function whyLeft(name: string, variables: Variables): LeftBecause {
  const { status } = variables.resolve(name);
  if (status === 'undefined') return 'undefined';
  return status === 'found' ? 'secret' : 'unfit';
}
