import type { Variable, VariableSource } from './variables.ts';

const prefix = 'WHARF_VAR_';

/**
 * Reads the variables of `WHARF_VAR_NAME=value` in the process's environment, always as strings (docs/design/wharf.md,
 * "Variables").
 */
export function processVariables(environment: Readonly<Record<string, string | undefined>>): VariableSource {
  const found = new Map<string, Variable>();
  for (const [key, text] of Object.entries(environment)) {
    const name = key.startsWith(prefix) ? key.slice(prefix.length) : '';
    if (name !== '' && text !== undefined) found.set(name, { name, value: text, text, source: key });
  }
  return found;
}
