/** An input that an environment variable of Slipway's process sets. */
export interface EnvironmentInput {
  /** The name of the environment variable. */
  readonly variable: string;
  readonly value: string;
}

/**
 * Reads `SLIPWAY_INPUT_NAME`. NAME is the input's exact name, or its shell-safe form: upper case, with `_` for every
 * character except letters and digits. The exact name wins. An empty value counts.
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

/** Returns the variable name that every shell can set for this input. */
export function inputVariable(name: string): string {
  return `SLIPWAY_INPUT_${name.toUpperCase().replaceAll(/[^A-Z0-9]/gu, '_')}`;
}
