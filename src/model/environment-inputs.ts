/** How an input is handed over by the environment of Slipway's own process. */
export interface EnvironmentInput {
  /** Which variable it was. */
  readonly variable: string;
  readonly value: string;
}

/**
 * `SLIPWAY_INPUT_NAME`: the input's name as it is written, or, since shells take no other names, upper-cased with every
 * character but letters and digits as `_`. The exact one holds if both are there; an empty value is one.
 */
export function inputFromEnvironment(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): EnvironmentInput | undefined {
  for (const variable of [`SLIPWAY_INPUT_${name}`, inputVariable(name)]) {
    const value = environment[variable];
    if (value !== undefined) return { variable, value };
  }
  return undefined;
}

/** The variable that every shell can set for this input. */
export function inputVariable(name: string): string {
  return `SLIPWAY_INPUT_${name.toUpperCase().replaceAll(/[^A-Z0-9]/gu, '_')}`;
}
