import type { Command } from 'commander';
import { quoted } from '../util/visible.ts';
import type { Invocation } from './invocation.ts';
import { parsePath } from './run-flags.ts';
import type { SkaffoldRequest } from './skaffold-flags.ts';
import { UsageError } from './usage-error.ts';
import { readVariables } from './read-variables.ts';

/** Values by the names of parameters. */
type Parameters = Readonly<Record<string, string>>;

export interface ParameterFlags {
  readonly set?: Parameters;
  readonly setValueFile?: string;
  readonly resourceSelectorRulesFile?: string;
}

/** Adds the flags of everything that renders the manifests of a configuration. */
export function addParameterFlags(command: Command): Command {
  return command
    .option(
      '--set <name=value>',
      'a value for fields of manifests with the comment `# from-param: ${NAME}`, and for charts; repeatable',
      (text: string, before: Parameters = {}) => ({ ...before, ...parametersIn(text, '--set') }),
    )
    .option('--set-value-file <file>', 'a file with such values, as NAME=VALUE lines', parsePath)
    .option(
      '--resource-selector-rules-file <file>',
      'a file with `allow` and `deny` of `resourceSelector`, which win over those of the configuration',
      parsePath,
    );
}

/** Returns the values of the flags and their variables. `--set` wins over the file. */
export async function parametersOf(
  invocation: Invocation,
  { set, setValueFile }: ParameterFlags,
  variable: SkaffoldRequest['variable'],
): Promise<Parameters> {
  const file = setValueFile ?? variable('SET_VALUE_FILE');
  const ofFile = file === undefined ? {} : await readVariables(invocation.path(file), '--set-value-file');
  const given = variable('SET');
  return { ...ofFile, ...(set ?? (given === undefined ? {} : parametersIn(given, 'SKAFFOLD_SET'))) };
}

/**
 * Parses `NAME=VALUE,NAME=VALUE`. A comma belongs to the value unless another name follows it: `hosts=[a, b],replicas=2`.
 * @param source the flag or variable, for messages
 */
export function parametersIn(text: string, source: string): Parameters {
  return Object.fromEntries(
    text.split(/,(?=[\w.[\]-]+=)/).map((word) => {
      const [, name, value] = /^([^=}]+)=(.*)$/s.exec(word) ?? [];
      if (name === undefined || value === undefined)
        throw new UsageError(`${source} ${quoted(word)}: write NAME=VALUE`);
      return [name, value];
    }),
  );
}
