import type { InputDefinition } from '../config/definition.ts';
import { inputFromEnvironment } from '../../model/environment-inputs.ts';
import type { GivenInput } from '../../model/given-input.ts';

/** Returns the values of inputs: from the command line, and for the others from `SLIPWAY_INPUT_NAME`. */
export function givenInputs(
  inputs: readonly InputDefinition[],
  written: readonly GivenInput[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly GivenInput[] {
  const named = new Set(written.map(({ name }) => name));
  const others = inputs.flatMap(({ name }): GivenInput[] => {
    const found = named.has(name) ? undefined : inputFromEnvironment(name, environment);
    return found ? [{ name, value: found.value, from: 'environment', variable: found.variable }] : [];
  });
  return [...written, ...others];
}
